using System.Text.Json.Nodes;
using DrOrchestrator.Credentials;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;

namespace DrOrchestrator.Drills.People;

/// <summary>
/// Whether the approvals of a run could be given at all, with the tokens that people hold when it is asked for. Pure. Whoever asks may be in the chain of every token there is (the data
/// folder is in the chain of all that were made from it): then nobody's word would be taken, which people must learn before the deadline of an approval, not behind it.
/// </summary>
internal static class AnswerChances
{
    /// <summary>Key of the opening line.</summary>
    public const string Key = "nobodyMayApprove";

    /// <summary>Which approval could be given by too few, and why; null where each could be given. Who holds no token yet is not counted out.</summary>
    /// <param name="opened">The opening line of the run.</param>
    /// <param name="held">Tokens that hold now, by person.</param>
    public static string? Missing(JsonObject opened, Plan plan, Estate estate, ILookup<string, PersonToken> held)
    {
        var run = new DrillRun(0, [new JournalEntry(1, default, 0, opened.Text("requester"), JournalKinds.Opened, null, 0, opened)]);
        foreach (var (item, role, quorum) in Asked(plan))
        {
            var people = estate.People.Where(person => person.Has(role, opened.Text("mode")) && !Hands.Owns(run, person.Id, estate)).ToList();
            var barred = people.Where(person => Words(person, role, held[person.Id]).ToList() is { Count: > 0 } words && words.TrueForAll(word => !IsTaken(run, word, estate))).ToList();
            if (people.Count >= quorum && people.Count - barred.Count < quorum)
            {
                return $"'{item}' could not be given: whoever asks ({run.Requester}) had a hand in every token of {string.Join(", ", barred.Select(person => person.Id))}, or they in the one it is asked with. Ask with a token of your own that they did not make, or put the hash of a token of theirs into the estate (token-sha256).";
            }
        }

        return null;
    }

    /// <summary>What the plan asks before its effects. Points of no return are listed in its approvals, and asked for themselves where it has none.</summary>
    private static IEnumerable<(string Item, PersonRole Role, int Quorum)> Asked(Plan plan) =>
        from asked in plan.Approvals.Select(approval => (approval.Name, approval.Role, approval.Quorum))
            .Concat(plan.AllSteps.Where(step => step.Kind == "approval").Select(step => (step.Name, step.Parameters.OptionalText("role") ?? "", 1)))
            .Concat(plan.AllSteps.Where(step => step.PointOfNoReturn && plan.Approvals.Count == 0).Select(step => ($"approve:{step.Name}", "approver", 1)))
        let role = EnumWords.TryParse<PersonRole>(asked.Item2, out var one) ? one : (PersonRole?)null
        where role is not null
        select (asked.Item1, role.Value, asked.Item3);

    /// <summary>The person as he or she would sign in: by the hash that stands in the estate, and by each token of the role.</summary>
    private static IEnumerable<Person> Words(Person person, PersonRole role, IEnumerable<PersonToken> held) =>
        held.Where(token => token.Roles is null || token.Roles.Contains(role))
            .Select(token => person with { TokenId = token.Id, TokenMakers = token.Makers, TokenMakersKnown = token.MakersKnown })
            .Concat(person.TokenSha256 is null ? [] : [person]);

    private static bool IsTaken(DrillRun run, Person person, Estate estate) =>
        Hands.NotSecondTo(run, person, estate) is null && !(estate.RequiresIndependentTokens && Hands.Asking(run) is { } asking && SharedHands.Of([asking], person, estate) is not null);
}
