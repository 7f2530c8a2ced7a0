using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>What an owner of a run may have in flight, by the run's journal, and for how long that may act. Pure.</summary>
/// <param name="Steps">Steps whose effect was begun, or is being undone, and has no outcome; in the order of the plan. What only looks or waits has nothing in flight.</param>
/// <param name="Longest">The longest of their timeouts.</param>
internal sealed record InFlight(IReadOnlyList<PlanStep> Steps, TimeSpan Longest)
{
    /// <summary>Nothing acts any more so long after the owner was last heard of: its lease, in which it may begin something, and the timeout of that.</summary>
    public TimeSpan ActsFor => TakeoverWait.LeaseLasts + Longest;

    public static InFlight Of(DrillRun run, Plan plan, StepKinds kinds)
    {
        List<PlanStep> open = [.. plan.AllSteps.Where(step => run.Step(step.Name).State is StepState.Open or StepState.Undoing && kinds.Find(run.Mode, step).Shape.Effect is not StepEffect.None)];
        return new InFlight(open, open.Select(step => step.Timeout).DefaultIfEmpty(TimeSpan.Zero).Max());
    }
}
