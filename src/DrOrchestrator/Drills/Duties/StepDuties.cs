using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Duties;

/// <summary>What steps of a run have left to do (<see cref="IDutyKind"/>) and no later step of it has done. Pure, from the journal; on record in the run's closing line.</summary>
internal static class StepDuties
{
    private const string Key = "stepDuties";

    /// <summary>As the run stands now. One that touches no production leaves none but those of kinds that owe something after rehearsals, too.</summary>
    public static IReadOnlyList<LeftDuty> Open(Plan plan, DrillRun run, StepKinds kinds) =>
        RunModes.Reads(run.Mode)
            ? [.. from step in plan.AllSteps
                  where kinds.Find(step.Kind) is IDutyKind kind && (RunModes.TouchesProduction(run.Mode) || kind.OwesAfterRehearsals)
                  let progress = run.Step(step.Name)
                  let duty = DutyOf((IDutyKind)kinds.Find(step.Kind), progress)
                  where duty is not null && !IsDone(duty.Subject, progress.EndedWith, plan, run, kinds)
                  select new LeftDuty(step.Name, duty.Subject, duty.Text, duty.Holds)]
            : [];

    /// <summary>Puts them into a closing line.</summary>
    public static void Write(JsonObject closed, IReadOnlyList<LeftDuty> open)
    {
        if (open.Count > 0)
        {
            closed[Key] = new JsonArray([.. open.Select(duty => duty.ToJson())]);
        }
    }

    /// <summary>Those of a closed run that stand: neither done since nor closed by a person's word.</summary>
    public static IEnumerable<LeftDuty> Standing(DrillRun run) => Left(run).Where(duty => !run.SettledDuties.Contains(duty.Step));

    /// <summary>Words of those that a closed run had left and that are done.</summary>
    public static IEnumerable<string> Settled(DrillRun run) => Left(run).Where(duty => run.SettledDuties.Contains(duty.Step)).Select(duty => duty.Text);

    /// <summary>Duties of an earlier, closed run that a later run has done.</summary>
    public static IEnumerable<LeftDuty> DoneBy(Plan plan, DrillRun run, StepKinds kinds, DrillRun earlier) =>
        Standing(earlier).Where(duty => IsDone(duty.Subject, 0, plan, run, kinds));

    private static IEnumerable<LeftDuty> Left(DrillRun run) => (run.Closed?[Key] as JsonArray ?? []).OfType<JsonObject>().Select(LeftDuty.Read);

    /// <summary>A step that failed may have left something, and so may one of which nobody knows whether it happened.</summary>
    private static StepDuty? DutyOf(IDutyKind kind, StepProgress step) => step switch
    {
        _ when IsDone(step) => kind.DutyOf(step.Intent ?? [], step.Outputs ?? []),
        { Intent: null } or { State: StepState.Pending or StepState.Undone } => null,
        { State: StepState.Failed, Left: null, LeftUnseen: false } => null,
        _ => kind.DutyOfFailed(step.Intent, step.Left),
    };

    /// <summary>A step that failed behind its effect (<c>verify:</c>) has left what it left.</summary>
    private static bool IsDone(StepProgress step) => step is { State: StepState.Done } or { State: StepState.Failed, HadEffect: true };

    private static bool IsDone(string subject, long after, Plan plan, DrillRun run, StepKinds kinds) => Done(plan, run).Any(step =>
        run.Step(step.Name) is { } progress && progress.EndedWith > after && kinds.Find(step.Kind) is IDutyKind kind && kind.Does(subject, progress.Intent ?? [], progress.Outputs ?? []));

    private static IEnumerable<PlanStep> Done(Plan plan, DrillRun run) => plan.AllSteps.Where(step => IsDone(run.Step(step.Name)));
}
