using System.Collections.Concurrent;
using System.Collections.Frozen;
using DrOrchestrator.Time;

namespace DrOrchestrator.Credentials;

/// <summary>
/// The tokens in this process's memory: people sign in while the database is away, and a request costs no reading. What this process changes is in force at once, what another
/// one did (a second replica, <c>dro token</c> on the machine) within <see cref="TokenKeeper.Every"/>. Safe for concurrent use.
/// </summary>
public sealed class TokenRoll(IPersonTokens store, ProcessClock clock)
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly ConcurrentDictionary<long, DateTimeOffset> _uses = [];
    private FrozenDictionary<string, PersonToken> _byHash = FrozenDictionary<string, PersonToken>.Empty;

    /// <summary>The token of that hash, revoked and expired ones left out. Looked up by hash, so that the time taken tells nothing of the tokens.</summary>
    public PersonToken? Find(string sha256) =>
        Volatile.Read(ref _byHash).TryGetValue(sha256, out var token) && token.HoldsAt(clock.Now) ? token : null;

    /// <summary>Remembers that it was used now.</summary>
    public void Used(PersonToken token) => _uses[token.Id] = clock.Now;

    /// <summary>Reads all of them again; of two readings the later one stands.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var kept = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _byHash, kept.ToFrozenDictionary(one => one.Sha256, one => one.Token, StringComparer.Ordinal));
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Writes down when tokens were used; what could not be written is kept for the next time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var uses = _uses.ToDictionary();
        if (uses.Count == 0)
        {
            return;
        }

        await store.NoteUsesAsync(uses, cancellationToken).ConfigureAwait(false);
        foreach (var use in uses)
        {
            // Only what was written: a use that came meanwhile waits for the next time.
            ((ICollection<KeyValuePair<long, DateTimeOffset>>)_uses).Remove(use);
        }
    }
}
