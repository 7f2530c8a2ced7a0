using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Web.Security;

/// <summary>
/// Who a token is: a person of the estate in force, by the hash that stands there or by a token on record, or the local operator. Asked again with every request, also of those
/// that come in by a session, so that whoever is removed, loses a role or has a token revoked is out at once.
/// </summary>
internal sealed class People(EstateHolder estates, LocalOperator local, TokenRoll roll)
{
    /// <summary>The person of that token, or null.</summary>
    public Person? OfToken(string token) => OfHash(Tokens.Hash(token));

    /// <summary>The person of the token with that hash, or null. Every hash of the estate is compared, so the time taken does not tell which one was near.</summary>
    public Person? OfHash(string hash)
    {
        Person? found = null;
        foreach (var person in Everyone())
        {
            if (person.TokenSha256 is { } known && Tokens.SameHash(known, hash))
            {
                found = person;
            }
        }

        return found ?? OnRecord(hash);
    }

    /// <summary>Narrowed by the token, never widened: what the estate does not give (any more) no token gives.</summary>
    private Person? OnRecord(string hash)
    {
        if (roll.Find(hash) is not { } token || estates.Current.FindPerson(token.Person) is not { } person)
        {
            return null;
        }

        roll.Used(token);
        return person with { Roles = [.. person.Roles.Where(role => token.Roles?.Contains(role) ?? true)], TokenId = token.Id, TokenMakers = token.Makers, TokenMakersKnown = token.MakersKnown };
    }

    /// <summary>The local operator last: a person of the estate cannot take that id away from it.</summary>
    private IEnumerable<Person> Everyone() => estates.Current.People.Where(person => person.Id != local.Person.Id).Append(local.Person);
}
