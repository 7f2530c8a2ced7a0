using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Results;

/// <summary>What went wrong in a run without ending it: to be followed up (7.5 b).</summary>
/// <param name="Step">The step that failed and was passed over.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record RunFinding(string Step, string Reason);

/// <summary>
/// What a run passed over by its plan's own word (<c>on-failure: continue</c>), such as a notice that nobody took. Pure: it goes into the closing record, so that whoever reads only
/// how the run ended sees that people were not told.
/// </summary>
internal static class RunFindings
{
    private const string Key = "findings";

    public static void Write(JsonObject closed, Plan plan, DrillRun run)
    {
        var found = plan.AllSteps.Where(step => step.OnFailure is OnFailure.Continue && run.Step(step.Name).State is StepState.Failed)
            .Select(step => new JsonObject { ["step"] = step.Name, ["reason"] = run.Step(step.Name).Reason ?? "failed" }).ToList();
        if (found.Count > 0)
        {
            closed[Key] = new JsonArray([.. found]);
        }
    }

    /// <summary>From the closing record; empty while the run is open, and on records of before this was written.</summary>
    public static IReadOnlyList<RunFinding> Read(JsonObject? closed) => closed?[Key] is JsonArray found
        ? [.. found.OfType<JsonObject>().Select(one => new RunFinding(one.Text("step"), one.Text("reason")))]
        : [];
}
