using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>
/// Whether the people of the estate can do what a plan asks of them, in every mode it offers: whoever wrote it approves nothing of it, and whoever asks for a run approves nothing
/// of that run. What nobody could ever give is a problem; what only one person could is a warning.
/// </summary>
internal sealed class PlanPeople(PlanScope scope, IReadOnlyList<string> authors, IReadOnlyList<RunMode> modes)
{
    private const string ApprovalKind = "approval";
    private static readonly string Verifier = PersonRole.BusinessVerifier.Word();

    /// <summary>An approval of the whole run.</summary>
    public void CheckApproval(YamlScalar? at, string role, int quorum)
    {
        if (at is null || !scope.Complete || !EnumWords.TryParse<PersonRole>(role, out var parsed) || !scope.Estate.People.Any(person => person.Roles.Contains(parsed)))
        {
            return;
        }

        foreach (var (mode, where) in Modes(parsed))
        {
            var others = Others(parsed, mode);
            if (others.Count < quorum)
            {
                scope.Problems.Add(
                    at.Place,
                    $"{quorum} must approve{where}, but only {others.Count} with the role '{role}' did not write the plan",
                    "approval by people who did not write the plan",
                    "Give the role to more people, lower the quorum, or ask another role.");
            }
            else if (others.Count == quorum)
            {
                scope.Problems.Warn(
                    at.Place,
                    $"{(quorum == 1 ? $"only {others[0]} could approve{where}" : $"only {string.Join(", ", others)} could approve{where}, and all {quorum} must")}: with {(quorum == 1 ? others[0] : "one of them")} away nobody can run it",
                    "Give the role to more people.");
            }
        }
    }

    /// <summary>Who could ask for a run.</summary>
    public void CheckAskers(Place at)
    {
        foreach (var (mode, where) in scope.Complete ? Modes(PersonRole.Operator) : [])
        {
            var askers = scope.Estate.People.Where(person => person.Has(PersonRole.Operator, mode)).Select(person => person.Id).ToList();
            if (askers.Count < 2)
            {
                scope.Problems.Warn(
                    at, askers.Count == 0 ? $"nobody by name could ask for a run{where}" : $"only {askers[0]} could ask for a run{where}", "Give the role operator to more people.");
            }
        }
    }

    /// <summary>Steps at which a second person decides.</summary>
    public void CheckSteps(IEnumerable<StepDraft> steps)
    {
        foreach (var draft in scope.Complete ? steps : [])
        {
            var asked = draft.Shape is { } shape
                ? shape.Parameters.Where(parameter => parameter.Type is ParameterType.RoleName).Select(parameter => draft.Step.Parameters.OptionalText(parameter.Name)).Where(role => shape.Kind == ApprovalKind || role == Verifier)
                : [];
            foreach (var role in asked.Append(draft.Step.Check?.Role).Distinct())
            {
                if (EnumWords.TryParse<PersonRole>(role ?? "", out var parsed) && scope.Estate.People.Any(person => person.Roles.Contains(parsed)) && Modes(parsed).Any(mode => Others(parsed, mode.Word).Count == 0))
                {
                    scope.Problems.Add(
                        draft.Place,
                        $"'{draft.Step.Name}' asks for a word that nobody can give: everybody with the role '{role}' wrote the plan, or has the role in other modes",
                        "the word of a person who did not write the plan",
                        "Give the role to another person, or ask another role.");
                }
            }
        }
    }

    private List<string> Others(PersonRole role, string mode) =>
        [.. scope.Estate.People.Where(person => person.Has(role, mode)).Select(person => person.Id).Except(authors)];

    /// <summary>The modes, with how to name one; where nobody's role is limited all modes are one.</summary>
    private IEnumerable<(string Word, string Where)> Modes(PersonRole role) => scope.Estate.People.Any(person => person.ModesOf.ContainsKey(role))
        ? modes.Select(mode => (mode.Word(), $" in runs of mode {mode.Word()}"))
        : modes.Take(1).Select(mode => (mode.Word(), ""));
}
