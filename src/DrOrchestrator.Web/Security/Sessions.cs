using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace DrOrchestrator.Web.Security;

/// <summary>
/// Who is signed in at the pages: a random id in a cookie, the rest in this process's memory. Nothing to decrypt, nothing kept in a file; a restart signs everybody
/// out.
/// </summary>
internal sealed class Sessions(TimeProvider time)
{
    public const string Cookie = "dro_session";
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, (string TokenHash, long Since)> _open = new(StringComparer.Ordinal);

    /// <summary>Opens a session; returns its id. It lasts no longer than the token that opened it: who that is now is asked with every request.</summary>
    /// <param name="tokenHash">Of the token.</param>
    public string Open(string tokenHash)
    {
        foreach (var (id, session) in _open)
        {
            if (IsOver(session.Since) || _open.Count >= Most)
            {
                _open.TryRemove(id, out _);
            }
        }

        var fresh = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _open[Tokens.Hash(fresh)] = (tokenHash, time.GetTimestamp());
        return fresh;
    }

    /// <summary>Hash of the token behind a session id, or null. Looked up by hash, so that the time taken tells nothing of the ids.</summary>
    public string? TokenOf(string id) => _open.TryGetValue(Tokens.Hash(id), out var session) && !IsOver(session.Since) ? session.TokenHash : null;

    /// <summary>Ends a session.</summary>
    public void Close(string id) => _open.TryRemove(Tokens.Hash(id), out _);

    private bool IsOver(long since) => time.GetElapsedTime(since) >= Lifetime;
}
