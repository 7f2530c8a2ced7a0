using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>One step of a preview.</summary>
/// <param name="Answers">Who answers it: <c>business-verifier (verifier)</c>; empty where nobody is asked. Authors of the plan are left out.</param>
/// <param name="WayBack">True for a step of the way back.</param>
public sealed record PlanPreviewLine(
    string Step,
    string Kind,
    string? Site,
    IReadOnlyList<string> Needs,
    string Answers,
    bool PointOfNoReturn,
    string? Mark,
    TimeSpan Timeout,
    bool WayBack)
{
    /// <summary>The system it belongs to; null for a step of all systems of the plan.</summary>
    public string? System { get; init; }

    /// <summary>What it would do, in one line.</summary>
    public string Description { get; init; } = "";

    /// <summary>True where it would change something.</summary>
    public bool Changes { get; init; }

    /// <summary>What must be seen after its effect before it is done.</summary>
    public IReadOnlyList<string> Verify { get; init; } = [];

    /// <summary>What it acts on in a rehearsal; null where it names nothing for that.</summary>
    public string? Rehearsal { get; init; }
}

/// <summary>What a run of a plan would do, in the order it would.</summary>
public static class PlanPreview
{
    /// <summary>The steps in an order in which they may run.</summary>
    public static IReadOnlyList<PlanPreviewLine> Of(Plan plan, Estate estate, IStepKindCatalog kinds)
    {
        var graph = PlanGraph.Of(plan);
        var wayBack = plan.WayBack.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var lines = new List<PlanPreviewLine>();
        while (graph.ReadySteps(done) is { Count: > 0 } ready)
        {
            foreach (var step in ready)
            {
                done.Add(step.Name);
                lines.Add(new PlanPreviewLine(
                    step.Name,
                    step.Kind,
                    step.Site,
                    step.Needs,
                    Answers(step, plan, estate, kinds),
                    step.PointOfNoReturn,
                    step.Mark?.Word(),
                    step.Timeout,
                    wayBack.Contains(step.Name))
                {
                    System = step.System,
                    Description = kinds.Describe(step, estate),
                    Changes = kinds.Steps[step.Kind].Effect is not StepEffect.None,
                    Verify = [.. step.Verify.Select(Check)],
                    Rehearsal = Rehearsal(step),
                });
            }
        }

        return lines;
    }

    /// <summary>The approvals asked for before the first effect: <c>run-approval: 1 of approver (chen, wang) within 10m</c>.</summary>
    public static IReadOnlyList<string> Approvals(Plan plan, Estate estate) =>
    [
        .. plan.Approvals.Select(approval => string.Create(
            CultureInfo.InvariantCulture,
            $"{approval.Name}: {approval.Quorum} of {Who(approval.Role, plan, estate)} within {Durations.Format(approval.Deadline)}")),
    ];

    /// <summary>The overall procedure of a plan for several systems: <c>1 core (priority 1)</c>, <c>2 cards (priority 3) after core</c>; empty for one system.</summary>
    public static IReadOnlyList<string> Procedure(Plan plan, Estate estate) => plan.Systems.Count < 2 ? [] :
    [
        .. RecoveryOrder.Of(plan.Systems, estate).Select((rank, index) => string.Create(
            CultureInfo.InvariantCulture, $"{index + 1} {rank.System} (priority {rank.Priority}){(rank.After.Count > 0 ? $" after {string.Join(", ", rank.After)}" : "")}")),
    ];

    /// <summary>What is looked at while the steps run: <c>probe name=posting: a breach pauses; every 5s from fence to the end</c>.</summary>
    public static IReadOnlyList<string> Guardrails(Plan plan) =>
    [
        .. plan.Guardrails.Select(rail =>
            $"{Check(rail.Check)}: a breach {(rail.Then is GuardrailAction.Abort ? "aborts" : "pauses")}; every {Durations.Format(rail.Every)} from {rail.From ?? "the beginning"} to {rail.To ?? "the end"}"),
    ];

    /// <summary>A check in one line.</summary>
    public static string Check(PlanCheck check) => string.Join(' ', check.Parameters.Values.Select(parameter => $"{parameter.Key}={parameter.Value}").Prepend(check.Kind));

    /// <summary>What a step acts on in a rehearsal; null where it names nothing for that.</summary>
    public static string? Rehearsal(PlanStep step) => step.Rehearsal is not { } target ? null
        : target.Skip ? "left out"
        : string.Join(' ', target.Parameters.Values.Select(parameter => $"{parameter.Key}={parameter.Value}").Prepend(target.Site is null ? "" : $"site={target.Site}")).Trim();

    private static string Answers(PlanStep step, Plan plan, Estate estate, IStepKindCatalog kinds) => step.Check is not { } check ? Asked(step, plan, estate, kinds)
        : string.Join("; ", ((string[])[Asked(step, plan, estate, kinds), $"checked by {Who(check.Role, plan, estate)} within {Durations.Format(check.Within)}"]).Where(words => words.Length > 0));

    private static string Asked(PlanStep step, Plan plan, Estate estate, IStepKindCatalog kinds)
    {
        var roles = kinds.Steps[step.Kind].Parameters
            .Where(parameter => parameter.Type is ParameterType.RoleName)
            .Select(parameter => step.Parameters.OptionalText(parameter.Name))
            .OfType<string>()
            .ToList();
        return roles.Count > 0 ? string.Join("; ", roles.Select(role => Who(role, plan, estate)))
            : step.PointOfNoReturn ? string.Join("; ", plan.Approvals.Select(approval => Who(approval.Role, plan, estate)))
            : "";
    }

    private static string Who(string role, Plan plan, Estate estate) =>
        $"{role} ({string.Join(", ", estate.People.Where(person => !plan.Authors.Contains(person.Id) && person.Roles.Any(r => r.Word() == role)).Select(person => person.Id))})";
}
