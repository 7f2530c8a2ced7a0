using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// What a run leaves behind by steps that the plan at hand does not have: those of a run whose plan cannot be read any more. Pure, from the journal alone; of a run whose plan is at
/// hand there is nothing here.
/// </summary>
internal static class LeftBehind
{
    /// <summary>A duty, in words: a fence stands at the other side, or a promotion was not followed by its way back.</summary>
    public const string ReProtect = "re-protect the system: bring a standby back and see it caught up";

    /// <summary>A duty, in words.</summary>
    public static string NobodyKnows(string step) => $"find out whether step '{step}' happened: nobody knows";

    /// <summary>What somebody must look after: each step that stands, or that nobody knows of, and each promotion without a fence.</summary>
    public static IEnumerable<string> Duties(Plan plan, DrillRun run)
    {
        foreach (var (name, step) in Begun(plan, run))
        {
            if (step.State is StepState.Open or StepState.Unknown or StepState.Undoing)
            {
                yield return NobodyKnows(name);
            }
            else if (step.State is StepState.Done || step.HadEffect)
            {
                yield return $"step '{name}' ({step.Kind}) stays in effect{(step.Site is { } site ? $" at {site}" : "")}: see whether it must be undone by hand, the plan of the run cannot be read";
            }

            if (step is { Unfenced: true, State: not StepState.Failed })
            {
                yield return $"fence the old side of step '{name}', which promoted without a fence";
            }
        }
    }

    /// <summary>Fences that hold, as closing records name them.</summary>
    public static IEnumerable<string> Fences(Plan plan, DrillRun run, StepKinds kinds) =>
        Begun(plan, run).Where(step => step.Progress is { Intent: not null, Kind: { } kind, State: not StepState.Undone } && kinds.IsFence(kind)).Select(step => $"{step.Name} at {step.Progress.Site}");

    /// <summary>Names of promotions without a fence.</summary>
    public static IEnumerable<string> Unfenced(Plan plan, DrillRun run) => Begun(plan, run).Where(step => step.Progress is { Unfenced: true, State: StepState.Done }).Select(step => step.Name);

    /// <summary>In the order in which they began.</summary>
    public static IEnumerable<(string Name, StepProgress Progress)> Begun(Plan plan, DrillRun run)
    {
        var known = plan.AllSteps.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        return run.StepsBegun.Where(step => !known.Contains(step.Name)).OrderBy(step => step.Progress.StartedAt).ThenBy(step => step.Name, StringComparer.Ordinal);
    }
}
