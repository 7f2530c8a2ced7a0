namespace DrOrchestrator.Credentials;

/// <summary>Tokens on record, each change with its evidence in the same transaction. The token itself never comes here, only its SHA-256.</summary>
public interface IPersonTokens
{
    /// <summary>All that ever were, oldest first.</summary>
    Task<IReadOnlyList<KeptToken>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Puts one on record (<c>token.created</c>); the store gives it its number.</summary>
    /// <param name="token">Its number is not read.</param>
    /// <param name="through"><c>api</c> or <c>data-folder</c>: how it was asked for.</param>
    Task<PersonToken> AddAsync(PersonToken token, string sha256, string through, CancellationToken cancellationToken);

    /// <summary>Ends one (<c>token.revoked</c>); null when there is none of that number. One that is revoked already stays as it is, and nothing is written.</summary>
    Task<PersonToken?> RevokeAsync(long id, string actor, string through, CancellationToken cancellationToken);

    /// <summary>When tokens were last used; never moves one back.</summary>
    Task NoteUsesAsync(IReadOnlyDictionary<long, DateTimeOffset> uses, CancellationToken cancellationToken);
}
