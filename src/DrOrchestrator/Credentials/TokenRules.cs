using DrOrchestrator.Estates;
using DrOrchestrator.Words;

namespace DrOrchestrator.Credentials;

/// <summary>A token that is asked for.</summary>
/// <param name="Roles">What it is narrowed to; null for all roles of the person.</param>
public sealed record TokenRequest(string Person, IReadOnlyList<PersonRole>? Roles, TimeSpan Lifetime, string? Note);

/// <summary>Why a token is not made.</summary>
/// <param name="Code"><c>no-such-person</c>, <c>no-role</c>, <c>role-not-held</c>, <c>lifetime</c>, <c>note-too-long</c>.</param>
public sealed record TokenRefusal(string Code, string Detail);

/// <summary>Which tokens may be made. Pure. A token narrows what the estate gives a person and never widens it.</summary>
public static class TokenRules
{
    /// <summary>Without a word about it.</summary>
    public static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(90);

    /// <summary>Nobody's token is good for longer than a year and a day: it is then made again, by somebody who looks.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(366);

    /// <summary>Shorter ones end before they are handed over.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Characters.</summary>
    public const int LongestNote = 200;

    /// <summary>Null when it may be made.</summary>
    public static TokenRefusal? Judge(TokenRequest request, Estate estate)
    {
        if (estate.FindPerson(request.Person) is not { } person)
        {
            var nearest = NearestWord.Of(request.Person, [.. estate.People.Select(known => known.Id)]);
            return new TokenRefusal(
                "no-such-person",
                $"The estate has no person '{request.Person}'{(nearest is null ? "" : $"; nearest: {nearest}")}. Declare the person under 'people:' first, or correct the id.");
        }

        if (person.Roles.Count == 0 || request.Roles is { Count: 0 })
        {
            return new TokenRefusal("no-role", $"A token without any role opens nothing. {person.Id} has: {List(person.Roles)}.");
        }

        var missing = (request.Roles ?? []).Except(person.Roles).ToList();
        if (missing.Count > 0)
        {
            return new TokenRefusal("role-not-held", $"{person.Id} is not {List(missing)} in the estate; a token narrows the roles of its person and never widens them. Allowed: {List(person.Roles)}.");
        }

        if (request.Lifetime < ShortestLifetime || request.Lifetime > LongestLifetime)
        {
            return new TokenRefusal("lifetime", $"A token lasts from {ShortestLifetime.TotalMinutes:0} minute to {LongestLifetime.TotalDays:0} days.");
        }

        return request.Note is { Length: > LongestNote } note
            ? new TokenRefusal("note-too-long", $"The note has {note.Length} characters; allowed: {LongestNote}.")
            : null;
    }

    private static string List(IEnumerable<PersonRole> roles) => string.Join(", ", roles.Select(Roles.Word)) is { Length: > 0 } words ? words : "no role";
}
