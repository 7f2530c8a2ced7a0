using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.People;

/// <summary>
/// Whose hand a word may be. Pure. Whoever made a token has seen it, and so has whoever made the maker's: what is said with it may be said by any of them. Two words that must be of
/// two people are therefore not taken where one of the two had a hand in the other's token, at any number of removes. Where a third one
/// had a hand in both, see <see cref="SharedHands"/>. A token whose hash alone stands in the estate has no maker.
/// </summary>
internal static class Hands
{
    /// <summary>Key of the opening line.</summary>
    public const string RequesterMakers = "requesterTokenMakers";

    private const string System = "system";
    private const string OfBefore = " It is of before the chain of its makers was kept: everybody counts who may be in it.";

    /// <summary>Those of a run who must not decide about it: who asked for it, and who wrote its plan.</summary>
    public static IReadOnlyList<string> Owners(DrillRun run) => [run.Requester, run.Opened.OptionalText("requesterIs") ?? run.Requester, .. run.Opened.Texts("authors")];

    /// <summary>Who had a hand in the token with which the run was asked for.</summary>
    public static IReadOnlyList<string> MakersOfRequester(DrillRun run) => run.Opened.Texts(RequesterMakers);

    /// <summary>With which word the run was asked for; null where no person asked.</summary>
    public static TokenWord? Asking(DrillRun run) =>
        run.Requester is "" or System ? null : new TokenWord(run.Requester, run.Opened.ContainsKey(RequesterMakers) ? MakersOfRequester(run) : null);

    /// <summary>Whether the person owns the run, whatever they were called when it was asked for or its plan was written.</summary>
    public static bool Owns(DrillRun run, string id, Estate estate) => Owners(run).Any(owner => Same(owner, id, estate));

    /// <summary>The first id of somebody whom the estate has no more, under no former id either: nobody can tell who that is now. Null where all are known.</summary>
    public static string? Gone(IEnumerable<string> ids, Estate estate) =>
        estate.People.Count == 0 ? null : ids.FirstOrDefault(id => id is not (Person.LocalOperatorId or System or "") && estate.FindPerson(estate.PrincipalOf(id)) is null);

    /// <summary>Why the person is no second one to those who own the run; null when he or she is.</summary>
    public static AnswerResult? NotSecondTo(DrillRun run, Person person, Estate estate)
    {
        var owners = Owners(run);
        if (person.TokenMakers.FirstOrDefault(maker => owners.Any(owner => Same(owner, maker, estate))) is { } own)
        {
            return Refused(
                IsRequester(run, own, estate)
                    ? $"The token of {person.Id} was made by {own}, who asked for this run; answer with one that somebody else made.{Doubt(person)}"
                    : $"The token of {person.Id} was made by {own}, who wrote the plan of this run; answer with one that somebody else made.{Doubt(person)}");
        }

        return MakersOfRequester(run).Any(maker => Same(maker, person.Id, estate))
            ? Refused($"The token with which {run.Requester} asked for this run was made by {person.Id}; somebody else must approve it.")
            : null;
    }

    /// <summary>Why the person's word would be the second one of somebody who has confirmed already; null when it would not.</summary>
    public static AnswerResult? NotSecondTo(IEnumerable<GivenAnswer> given, Person person, Estate estate)
    {
        foreach (var answer in given)
        {
            if (person.TokenMakers.Any(maker => Same(maker, answer.Person, estate)))
            {
                return Refused($"The token of {person.Id} was made by {answer.Person}, who has confirmed '{answer.Item}' already; answer with one that somebody else made.{Doubt(person)}");
            }

            if ((answer.TokenMakers ?? []).Any(maker => Same(maker, person.Id, estate)))
            {
                return Refused($"The token with which {answer.Person} confirmed '{answer.Item}' was made by {person.Id}; somebody else must confirm it.");
            }
        }

        return null;
    }

    /// <summary>One person, whatever they are called on record.</summary>
    public static bool Same(string one, string other, Estate estate) => one == other || estate.PrincipalOf(one) == estate.PrincipalOf(other);

    /// <summary>Whether the run was asked for by that person, as the estate has it now or had it then.</summary>
    public static bool IsRequester(DrillRun run, string id, Estate estate) => Same(id, run.Requester, estate) || Same(id, run.Opened.OptionalText("requesterIs") ?? run.Requester, estate);

    /// <summary>Said where a refusal may be for nothing.</summary>
    public static string Doubt(Person person) => person.TokenMakersKnown ? "" : OfBefore;

    private static AnswerResult Refused(string why) => new(false, "own-run", why);
}
