using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>What done steps of a run have left to do (<see cref="IDutyKind"/>) and no later step of it has done. Pure, from the journal; on record in the run's closing line.</summary>
internal static class StepDuties
{
    private const string Key = "stepDuties";

    /// <summary>As the run stands now. A run that touches no production leaves none.</summary>
    public static IReadOnlyList<(string Step, StepDuty Duty)> Open(Plan plan, DrillRun run, StepKinds kinds) =>
        RunModes.TouchesProduction(run.Mode)
            ? [.. from step in Done(plan, run)
                  where kinds.Find(step.Kind) is IDutyKind
                  let progress = run.Step(step.Name)
                  let duty = ((IDutyKind)kinds.Find(step.Kind)).DutyOf(progress.Intent ?? [], progress.Outputs ?? [])
                  where duty is not null && !IsDone(duty.Subject, progress.EndedWith, plan, run, kinds)
                  select (step.Name, duty)]
            : [];

    /// <summary>Puts them into a closing line.</summary>
    public static void Write(JsonObject closed, IReadOnlyList<(string Step, StepDuty Duty)> open)
    {
        if (open.Count > 0)
        {
            closed[Key] = new JsonArray([.. open.Select(one => new JsonObject { ["step"] = one.Step, ["subject"] = one.Duty.Subject, ["text"] = one.Duty.Text })]);
        }
    }

    /// <summary>Those of a closed run that stand: neither done since nor closed by a person's word.</summary>
    public static IEnumerable<(string Step, string Subject, string Text)> Standing(DrillRun run) => Left(run).Where(duty => !run.SettledDuties.Contains(duty.Step));

    /// <summary>Words of those that a closed run had left and that are done.</summary>
    public static IEnumerable<string> Settled(DrillRun run) => Left(run).Where(duty => run.SettledDuties.Contains(duty.Step)).Select(duty => duty.Text);

    /// <summary>Steps of an earlier, closed run whose duties a later run has done.</summary>
    public static IEnumerable<string> DoneBy(Plan plan, DrillRun run, StepKinds kinds, DrillRun earlier) =>
        Standing(earlier).Where(duty => IsDone(duty.Subject, 0, plan, run, kinds)).Select(duty => duty.Step);

    private static IEnumerable<(string Step, string Subject, string Text)> Left(DrillRun run) =>
        (run.Closed?[Key] as JsonArray ?? []).OfType<JsonObject>().Select(duty => (duty.Text("step"), duty.Text("subject"), duty.Text("text")));

    private static bool IsDone(string subject, long after, Plan plan, DrillRun run, StepKinds kinds) => Done(plan, run).Any(step =>
        run.Step(step.Name) is { } progress && progress.EndedWith > after && kinds.Find(step.Kind) is IDutyKind kind && kind.Does(subject, progress.Intent ?? [], progress.Outputs ?? []));

    /// <summary>A step that failed behind its effect (<c>verify:</c>) has left what it left.</summary>
    private static IEnumerable<PlanStep> Done(Plan plan, DrillRun run) => plan.AllSteps.Where(step => run.Step(step.Name) is { State: StepState.Done } or { State: StepState.Failed, HadEffect: true });
}
