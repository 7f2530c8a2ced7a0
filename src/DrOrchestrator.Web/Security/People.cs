using DrOrchestrator.Estates;

namespace DrOrchestrator.Web.Security;

/// <summary>Who a token is: the people of the estate in force, and the local operator.</summary>
internal sealed class People(EstateHolder estates, LocalOperator local)
{
    /// <summary>The person of that token, or null. Every hash is compared, so the time taken does not tell which one was near.</summary>
    public Person? OfToken(string token)
    {
        var hash = Tokens.Hash(token);
        Person? found = null;
        foreach (var person in Everyone())
        {
            if (person.TokenSha256 is { } known && Tokens.SameHash(known, hash))
            {
                found = person;
            }
        }

        return found;
    }

    /// <summary>The person of that id as the estate says now, so that who was removed is out at once.</summary>
    public Person? OfId(string id) => Everyone().FirstOrDefault(person => person.Id == id);

    /// <summary>The local operator last: a person of the estate cannot take that id away from it.</summary>
    private IEnumerable<Person> Everyone() => estates.Current.People.Where(person => person.Id != local.Person.Id).Append(local.Person);
}
