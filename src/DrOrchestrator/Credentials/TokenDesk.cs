using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Credentials;

/// <summary>What became of asking for a token. A closed set.</summary>
public abstract record TokenResult
{
    private TokenResult()
    {
    }

    /// <summary>It is on record.</summary>
    /// <param name="Secret">The token itself: shown once, kept nowhere.</param>
    public sealed record Made(PersonToken Token, string Secret) : TokenResult
    {
        /// <summary>Says nothing of the token, so that no log of a result holds it.</summary>
        public override string ToString() => $"token {Token.Id} of {Token.Person}";
    }

    /// <summary>Nothing was written.</summary>
    public sealed record Refused(TokenRefusal Refusal) : TokenResult;
}

/// <summary>Where tokens of people are made, listed and ended. Whoever may is decided by the caller: an admin, or whoever can write the data folder.</summary>
public sealed class TokenDesk(IPersonTokens store, TokenRoll roll, EstateHolder estates, ProcessClock clock, ILogger<TokenDesk> logger)
{
    /// <summary>Asked for through the API.</summary>
    public const string Api = "api";

    /// <summary>Asked for on the machine, by writing to the records of its data folder.</summary>
    public const string DataFolder = "data-folder";

    /// <summary>Makes one.</summary>
    /// <param name="makers">Of the token with which <paramref name="actor"/> signed in (<see cref="PersonToken.Makers"/>); empty where it is nobody's but theirs.</param>
    public async Task<TokenResult> CreateAsync(TokenRequest request, string actor, IEnumerable<string> makers, string through, CancellationToken cancellationToken)
    {
        if (TokenRules.Judge(request, estates.Current) is { } refusal)
        {
            return new TokenResult.Refused(refusal);
        }

        var secret = TokenText.Create();
        var now = clock.Now;

        // The person of the data folder as of now: whoever is named for it later has not seen this token.
        var chain = makers.Prepend(actor).Select(estates.Current.PrincipalOf).Distinct(StringComparer.Ordinal);
        var asked = new PersonToken(0, request.Person, request.Roles is null ? null : [.. request.Roles.Distinct().Order()], request.Note, actor, now, now + request.Lifetime, null, null, null) { Makers = [.. chain] };
        var made = await store.AddAsync(asked, TokenText.Hash(secret), through, cancellationToken).ConfigureAwait(false);
        await roll.RefreshAsync(cancellationToken).ConfigureAwait(false);
        logger.TokenMade(made.Id, made.Person, actor, made.ExpiresAt);
        return new TokenResult.Made(made, secret);
    }

    /// <summary>All that ever were, oldest first.</summary>
    public async Task<IReadOnlyList<PersonToken>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ReadAsync(cancellationToken).ConfigureAwait(false)).Select(kept => kept.Token)];

    /// <summary>Ends one, and with it every session it opened; null when there is none.</summary>
    public async Task<PersonToken?> RevokeAsync(long id, string actor, string through, CancellationToken cancellationToken)
    {
        var revoked = await store.RevokeAsync(id, actor, through, cancellationToken).ConfigureAwait(false);
        await roll.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (revoked is not null)
        {
            logger.TokenRevoked(revoked.Id, revoked.Person, revoked.RevokedBy!);
        }

        return revoked;
    }
}
