using DrOrchestrator.Credentials;
using DrOrchestrator.Time;

namespace DrOrchestrator.Testing.Credentials;

/// <summary>Tokens in memory, with the evidence they would leave.</summary>
public sealed class MemoryPersonTokens(ProcessClock clock) : IPersonTokens
{
    private readonly Lock _gate = new();
    private readonly List<KeptToken> _tokens = [];

    /// <summary>Kind, actor and number of the token.</summary>
    public List<(string Kind, string Actor, long Token)> Evidence { get; } = [];

    public Task<IReadOnlyList<KeptToken>> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<KeptToken>>([.. _tokens]);
        }
    }

    public Task<PersonToken> AddAsync(PersonToken token, string sha256, string through, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_tokens.Any(known => known.Sha256 == sha256))
            {
                throw new InvalidOperationException("a token of that hash is there");
            }

            var added = token with { Id = _tokens.Count + 1 };
            _tokens.Add(new KeptToken(added, sha256));
            Evidence.Add(("token.created", added.CreatedBy, added.Id));
            return Task.FromResult(added);
        }
    }

    public Task<PersonToken?> RevokeAsync(long id, string actor, string through, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var index = _tokens.FindIndex(known => known.Token.Id == id);
            if (index >= 0 && _tokens[index].Token.RevokedAt is null)
            {
                _tokens[index] = _tokens[index] with { Token = _tokens[index].Token with { RevokedBy = actor, RevokedAt = clock.Now } };
                Evidence.Add(("token.revoked", actor, id));
            }

            return Task.FromResult(index < 0 ? null : _tokens[index].Token);
        }
    }

    public Task NoteUsesAsync(IReadOnlyDictionary<long, DateTimeOffset> uses, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            for (var index = 0; index < _tokens.Count; index++)
            {
                var token = _tokens[index].Token;
                if (uses.TryGetValue(token.Id, out var at) && !(token.LastUsedAt >= at))
                {
                    _tokens[index] = _tokens[index] with { Token = token with { LastUsedAt = at } };
                }
            }

            return Task.CompletedTask;
        }
    }
}
