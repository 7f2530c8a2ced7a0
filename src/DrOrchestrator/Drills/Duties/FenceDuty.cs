using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// The duty that a promotion without a fence leaves behind: to fence the old side the moment it answers. Pure. It is carried out by a run of its own, linked to the one that left it:
/// the fence step of that run's plan and nothing else, with the same journal, lease and proof as any step.
/// </summary>
/// <param name="Of">The run that left it.</param>
/// <param name="Step">The fence step of its plan.</param>
public sealed record FenceDuty(long Of, string Step)
{
    /// <summary>
    /// The duties that stand: not carried out, neither by a run for it nor by a fence of that very side in a later run that touched production, and not settled by a person. Whatever else
    /// is run on the system ends none of them.
    /// </summary>
    /// <param name="runs">All runs, in any order.</param>
    /// <param name="isFence">Whether a kind of step fences.</param>
    public static IEnumerable<FenceDuty> Open(IReadOnlyList<RunView> runs, Func<string, bool> isFence) =>
        from run in runs
        from step in run.UnfencedBehind
        let site = run.Steps.FirstOrDefault(one => one.Name == step)?.Site
        where !runs.Any(later => later.Id > run.Id && (later.FenceDuty is { } duty
            ? duty.Of == run.Id && duty.Step == step && (later.ClosedAt is null || later.Outcome == RunOutcome.Passed)
            : later.Mode is "live" or "real" && later.Systems.Intersect(run.Systems).Any() && later.Steps.Any(one => one.State == "done" && one.Site == site && isFence(one.Kind))))
        orderby run.Id
        select new FenceDuty(run.Id, step);

    /// <summary>The plan of the run that carries it out: its fence step alone. Null where the plan has no such step.</summary>
    internal Plan? PlanOf(Plan plan) => plan.AllSteps.FirstOrDefault(step => step.Name == Step) is not { } fence ? null : plan with
    {
        Approvals = [],
        Gates = [],
        SteadyState = [],
        Steps = [fence with { Needs = [], Mark = null, Check = null, OnFailure = OnFailure.Stop }],
        WayBack = [],
    };
}
