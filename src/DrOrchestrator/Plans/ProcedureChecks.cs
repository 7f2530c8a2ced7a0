using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>
/// The overall procedure of a plan for several systems (7.5 a, content 8): every system has steps of its own and a clock of its own, one that another depends on is there
/// before users come back to that other, and the more urgent one does not wait for one it does not depend on.
/// </summary>
internal sealed class ProcedureChecks(IReadOnlyList<string> systems, Estate estate, IReadOnlyList<StepDraft> steps, PlanGraph graph, Problems problems)
{
    private static readonly RtoMark[] OfOneSystem = [RtoMark.Fenced, RtoMark.Promoted, RtoMark.ApplicationHealthy, RtoMark.TrafficMoved];
    private static readonly RtoMark[] UsersComeBack = [RtoMark.ApplicationHealthy, RtoMark.TrafficMoved, RtoMark.TechnicallyConfirmed, RtoMark.BusinessVerified];

    public void Run(Place systemsPlace)
    {
        if (systems.Count < 2)
        {
            return;
        }

        foreach (var system in systems.Where(system => !steps.Any(step => step.Step.System == system)))
        {
            problems.Add(systemsPlace, $"the system '{system}' has no step in the switch", "a step with 'system:' for each", "Give it its steps, or take it out of the plan.");
        }

        foreach (var draft in steps.Where(draft => draft.Step.System is null && (draft.Step.Mark is { } mark && OfOneSystem.Contains(mark) || draft.Step.Kind is "canary")))
        {
            var what = draft.Step.Mark is { } mark ? $"the mark '{mark.Word()}'" : $"'{draft.Step.Kind}'";
            problems.Add(draft.Place, $"{what} of '{draft.Step.Name}' belongs to no system", string.Join(", ", systems), "Add 'system:': each system has a clock and a count of its own.");
        }

        foreach (var (system, other) in from system in systems from other in systems where system != other select (system, other))
        {
            if (RecoveryOrder.Needs(system, other, estate))
            {
                CheckDependency(system, other);
            }
            else if (RecoveryOrder.PriorityOf(system, estate) < RecoveryOrder.PriorityOf(other, estate))
            {
                CheckPriority(system, other);
            }
        }
    }

    private void CheckDependency(string system, string other)
    {
        var there = There(other);
        foreach (var draft in Of(system).Where(draft => draft.Step.Mark is { } mark && UsersComeBack.Contains(mark)))
        {
            if (there.FirstOrDefault(step => !graph.AncestorsOf(draft.Step.Name).Contains(step.Step.Name)) is { } missed)
            {
                problems.Add(
                    draft.Place,
                    $"'{system}' depends on '{other}', but '{draft.Step.Name}' may be done before '{missed.Step.Name}'",
                    "what a system depends on first",
                    $"Let '{draft.Step.Name}' need '{missed.Step.Name}'.");
                return;
            }
        }
    }

    private void CheckPriority(string system, string other)
    {
        foreach (var draft in Of(system))
        {
            if (Of(other).FirstOrDefault(step => graph.AncestorsOf(draft.Step.Name).Contains(step.Step.Name)) is { } before)
            {
                problems.Add(
                    draft.Place,
                    $"'{draft.Step.Name}' of '{system}' (priority {RecoveryOrder.PriorityOf(system, estate)}) waits for '{before.Step.Name}' of '{other}' (priority {RecoveryOrder.PriorityOf(other, estate)}), on which it does not depend",
                    "the more urgent system first, or side by side",
                    "Change the order, use 'parallel:' or 'needs:', or declare the dependency in the estate.");
                return;
            }
        }
    }

    /// <summary>The steps after which a system is there for others: its application is healthy; else it is promoted; else its last step.</summary>
    private List<StepDraft> There(string system)
    {
        var own = Of(system).ToList();
        return own.FindAll(step => step.Step.Mark is RtoMark.ApplicationHealthy) is { Count: > 0 } healthy ? healthy
            : own.FindAll(step => step.Step.Promotes is not null || step.Step.Mark is RtoMark.Promoted) is { Count: > 0 } promoted ? promoted
            : [.. own.TakeLast(1)];
    }

    private IEnumerable<StepDraft> Of(string system) => steps.Where(step => step.Step.System == system);
}
