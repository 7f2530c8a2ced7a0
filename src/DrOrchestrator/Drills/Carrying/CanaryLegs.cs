using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>Which canaries of a run should be writing, by its journal: started, not stopped, not undone.</summary>
internal static class CanaryLegs
{
    public static IEnumerable<CanaryLeg> Running(Plan plan, DrillRun state)
    {
        if (!RunModes.Reads(state.Mode))
        {
            yield break;
        }

        var canaries = plan.AllSteps.Where(step => step.Kind == CanaryStep.Word).ToList();
        foreach (var start in canaries.Where(step => step.Parameters.OptionalText("action") == "start" && state.Step(step.Name) is { State: StepState.Done, Skipped: false }))
        {
            var leg = start.Parameters.Text("leg");
            var stopped = canaries.Exists(step =>
                step.Parameters.OptionalText("action") == "stop" && step.Parameters.Text("leg") == leg && state.Step(step.Name).State is not StepState.Pending);
            if (!stopped)
            {
                yield return CanaryStep.LegOf(state.Run, state.Step(start.Name).Intent!);
            }
        }
    }
}
