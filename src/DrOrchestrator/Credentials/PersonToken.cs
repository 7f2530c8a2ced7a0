using DrOrchestrator.Estates;

namespace DrOrchestrator.Credentials;

/// <summary>A token of a person, without the token: what lists, evidence and pages may show.</summary>
/// <param name="Id">From 1, never given twice.</param>
/// <param name="Person">Id of the person in the estate; who the token is as long as the estate has that person.</param>
/// <param name="Roles">The roles it is narrowed to; null for all that the estate gives its person. It never gives a role that the estate does not.</param>
/// <param name="CreatedBy">The admin who made it, or <see cref="Person.LocalOperatorId"/> where it was made with the data folder on the machine.</param>
/// <param name="LastUsedAt">Within a minute; null while nobody has used it.</param>
public sealed record PersonToken(
    long Id,
    string Person,
    IReadOnlyList<PersonRole>? Roles,
    string? Note,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt,
    string? RevokedBy,
    DateTimeOffset? RevokedAt)
{
    /// <summary>
    /// Who made it, then who made the token with which that one signed in, and so on to the first: each of them has seen a token of this chain, so what is said with it may be their
    /// word. The data folder's end is <see cref="Person.LocalOperatorId"/>, or the person whom the estate named for it then.
    /// </summary>
    public IReadOnlyList<string> Makers { get; init; } = [CreatedBy];

    /// <summary>False for a token of before the chain was kept: <see cref="Makers"/> then has everybody who may be in it.</summary>
    public bool MakersKnown { get; init; } = true;

    /// <summary>Neither revoked nor expired.</summary>
    public bool HoldsAt(DateTimeOffset moment) => RevokedAt is null && moment < ExpiresAt;

    /// <summary><c>active</c>, <c>revoked</c>, <c>expired</c>, or <c>no-such-person</c> where the estate has its person no more.</summary>
    public string StateAt(DateTimeOffset moment, Estate estate) =>
        RevokedAt is not null ? "revoked" : moment >= ExpiresAt ? "expired" : estate.FindPerson(Person) is null ? "no-such-person" : "active";
}

/// <summary>A token as it is kept: found by its hash.</summary>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record KeptToken(PersonToken Token, string Sha256);
