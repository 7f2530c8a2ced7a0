using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Words;

namespace DrOrchestrator.Drills.Gates;

/// <summary>People a plan asks for.</summary>
/// <param name="Owner">A person or a department that is waited for; null for anybody with the role.</param>
/// <param name="Count">How many different people.</param>
/// <param name="IsDecision">A word that none of the plan's authors may give.</param>
internal sealed record PeopleNeed(PersonRole Role, string? Owner, int Count, bool IsDecision);

/// <summary>Reads a plan for the people it asks. Pure.</summary>
internal static class PeopleNeeds
{
    private const string Approval = "approval";

    /// <summary>Who asks for the run, its approvals, the words and tasks of its steps, their second persons; of each role the largest number.</summary>
    public static IReadOnlyList<PeopleNeed> Of(Plan plan) =>
    [
        .. Everything(plan).GroupBy(need => (need.Role, need.Owner)).Select(group =>
            new PeopleNeed(group.Key.Role, group.Key.Owner, group.Max(need => need.Count), group.Any(need => need.IsDecision))),
    ];

    private static IEnumerable<PeopleNeed> Everything(Plan plan)
    {
        yield return new PeopleNeed(PersonRole.Operator, null, 1, IsDecision: false);
        foreach (var approval in plan.Approvals)
        {
            if (EnumWords.TryParse<PersonRole>(approval.Role, out var role))
            {
                yield return new PeopleNeed(role, null, approval.Quorum, IsDecision: true);
            }
        }

        foreach (var step in plan.AllSteps)
        {
            if (EnumWords.TryParse<PersonRole>(step.Parameters.OptionalText("role") ?? "", out var asked))
            {
                yield return new PeopleNeed(asked, step.Parameters.OptionalText("owner"), 1, step.Kind == Approval || asked is PersonRole.BusinessVerifier);
            }

            if (EnumWords.TryParse<PersonRole>(step.Check?.Role ?? "", out var second))
            {
                yield return new PeopleNeed(second, null, 1, IsDecision: true);
            }
        }
    }
}
