using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Stops;

/// <summary>
/// What follows a stop. Nothing of the run is in flight any more when this begins; it is observed what became of the calls that were, the state reached goes on record, and
/// then the run waits (pause), is rolled back and closed (abort of a drill), asks how to go on (abort of a real run, or of a rollback), or is closed as it stands (a real
/// run takes its place). May be entered again after a crash at any line.
/// </summary>
public sealed class RunStop(StepKinds kinds, StepObserver observer, RunCloser closer, IServingSites serving, IRunQueue queue, ILogger<RunStop> logger)
{
    /// <summary>A real run waits for a drill that looks what became of its calls no longer than this.</summary>
    private static readonly TimeSpan PatienceOfARealRun = TimeSpan.FromSeconds(5);

    /// <summary>What a stop does, as a participle.</summary>
    public static string Word(StopKind kind) => kind switch
    {
        StopKind.Pause => "paused",
        StopKind.Abort => "aborted",
        _ => "pre-empted",
    };

    /// <summary>Null once the run is closed; halted when another stop, or a word to go on, came meanwhile.</summary>
    internal async Task<StageResult?> FollowAsync(RunSession run, CancellationToken cancellationToken)
    {
        var stop = run.State.Stop!;
        var undecided = Undecided(run);
        await ReportAsync(run, stop, [], cancellationToken).ConfigureAwait(false);
        var asked = await SettleAsync(run, stop, undecided, cancellationToken).ConfigureAwait(false);
        await ReportAsync(run, stop, undecided, cancellationToken).ConfigureAwait(false);
        if (run.State.Stop != stop)
        {
            return StageResult.Stopped;
        }

        switch (stop.Kind)
        {
            case StopKind.Pause:
                return new StageResult.Waits($"paused by {stop.By}: {stop.Reason}", null);
            case StopKind.PreEmpt:
                await closer.CloseAsync(run, RunOutcome.PreEmpted, $"pre-empted by run {stop.ForRun}: {stop.Reason}", null, null, cancellationToken).ConfigureAwait(false);
                queue.Enqueue(stop.ForRun!.Value, real: true);
                return null;
            default:
                return asked ?? await AbortAsync(run, stop, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<StageResult> AbortAsync(RunSession run, StopOrder stop, CancellationToken cancellationToken)
    {
        var reason = $"aborted by {stop.By}: {stop.Reason}";
        var begun = run.State.Reached(DrillPhase.Steps);
        var undoing = run.State.RollingBackSince is not null;
        if (run.State.Mode is not RunMode.Real && !undoing)
        {
            // On the way back nothing is undone: that is the way back.
            return new StageResult.Failed(reason, RunOutcome.Aborted, begun && !run.State.Reached(DrillPhase.WayBack) && RunModes.Reads(run.State.Mode) ? FailurePolicy.Rollback : FailurePolicy.Close);
        }

        StopChoice[] choices = begun && !undoing && !run.State.Reached(DrillPhase.WayBack) ? [StopChoice.GoOn, StopChoice.RollBack, StopChoice.Close] : [StopChoice.GoOn, StopChoice.Close];
        var why = $"The run was stopped in phase '{run.State.Phase}' by {stop.By}: {stop.Reason}";
        var answer = await StopDecision.AskAsync(run, FormattableString.Invariant($"stop-{stop.Sequence}"), null, why, choices, isSpent: false, since: 0, cancellationToken).ConfigureAwait(false);
        switch (answer.Choice)
        {
            case null:
                return answer.Waits;
            case StopChoice.GoOn:
                await run.WriteAsync(new JournalDraft(JournalKinds.GoesOn, "system", new JsonObject { ["by"] = answer.By, ["stop"] = stop.Sequence }), cancellationToken).ConfigureAwait(false);
                return new StageResult.Again();
            default:
                return new StageResult.Failed(reason, RunOutcome.Aborted, answer.Choice is StopChoice.RollBack ? FailurePolicy.Rollback : FailurePolicy.Close);
        }
    }

    /// <summary>Steps whose calls were in flight, or whose outcome nobody knows.</summary>
    private static List<PlanStep> Undecided(RunSession run) =>
        run.State.RollingBackSince is not null ? [] : [.. run.Plan.AllSteps.Where(step => run.State.Step(step.Name).State is StepState.Open or StepState.Unknown)];

    private async Task<StageResult?> SettleAsync(RunSession run, StopOrder stop, List<PlanStep> undecided, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(undecided.Select(step => SettleAsync(run, step, stop, cancellationToken))).ConfigureAwait(false);
        return results.FirstOrDefault(result => result is not null);
    }

    /// <summary>Until it is known, bounded by the step's timeout; behind an abort a person says what nobody could see. A question to them, or null.</summary>
    private async Task<StageResult?> SettleAsync(RunSession run, PlanStep step, StopOrder stop, CancellationToken cancellationToken)
    {
        var kind = kinds.Find(run.State.Mode, step);
        var attempt = run.State.Step(step.Name).Attempts;
        if (kind.Shape.Effect is StepEffect.None)
        {
            if (stop.Kind is not StopKind.Pause)
            {
                await EndAsync(run, step, attempt, new StepOutcome.Failed($"ended: the run was {Word(stop.Kind)}"), cancellationToken).ConfigureAwait(false);
            }

            return null;
        }

        var began = run.Time.GetTimestamp();
        var seen = await observer.ObserveAsync(
            run, step, kind, () => run.State.Stop != stop || (stop.Kind is StopKind.PreEmpt && run.Time.GetElapsedTime(began) > PatienceOfARealRun), cancellationToken).ConfigureAwait(false);
        if (run.State.Stop != stop)
        {
            return null;
        }

        switch (seen)
        {
            case { Answer: ObservedAnswer.Happened } when stop.Kind is StopKind.Pause && (step.Verify.Count > 0 || seen.Missed is not null):
                // Observed again, and verified, when the run goes on.
                return null;
            case { Answer: ObservedAnswer.Happened }:
                await EndAsync(run, step, attempt, new StepOutcome.Done(seen.Outputs ?? [], seen.Objects), cancellationToken).ConfigureAwait(false);
                return null;
            case { Answer: ObservedAnswer.CannotHappenAnyMore, OnlyByRepeating: false }:
                await EndAsync(run, step, attempt, new StepOutcome.Failed(seen.Detail, seen.Objects) { Left = seen.Left }, cancellationToken).ConfigureAwait(false);
                return null;
            default:
                return stop.Kind is StopKind.Abort ? await StepObserver.AskAsync(run, step, attempt, seen.Detail, cancellationToken).ConfigureAwait(false) : null;
        }
    }

    private Task EndAsync(RunSession run, PlanStep step, int attempt, StepOutcome outcome, CancellationToken cancellationToken) =>
        StepRecords.EndAsync(run, step, attempt, outcome, logger, cancellationToken, stopped: outcome is not StepOutcome.Done);

    /// <summary>Puts the state reached on record, where it is another than the last time.</summary>
    private async Task ReportAsync(RunSession run, StopOrder stop, IReadOnlyList<PlanStep> observed, CancellationToken cancellationToken)
    {
        var report = new JsonObject
        {
            ["stop"] = stop.Sequence,
            ["what"] = Word(stop.Kind),
            ["by"] = stop.By,
            ["reason"] = stop.Reason,
            ["done"] = Names(run, state => state is StepState.Done),
            ["inFlight"] = Names(run, state => state is StepState.Open or StepState.Unknown or StepState.Undoing),
            ["observed"] = JournalJson.Array(
                observed.Where(step => run.State.Step(step.Name).State is not (StepState.Open or StepState.Unknown)).Select(step => $"{step.Name}: {RunViews.Word(run.State.Step(step.Name))}")),
            ["failed"] = Names(run, state => state is StepState.Failed),
            ["undone"] = Names(run, state => state is StepState.Undone),
            ["notBegun"] = Names(run, state => state is StepState.Pending),
            ["serving"] = new JsonObject(run.Plan.Systems.Select(system => KeyValuePair.Create<string, JsonNode?>(system, serving.ServingSiteOf(system)))),
        };
        if (run.State.StateReached?.ToJsonString() != report.ToJsonString() && !(observed.Count == 0 && IsReported(run, stop)))
        {
            await run.WriteAsync(new JournalDraft(JournalKinds.Stopped, "system", report), cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsReported(RunSession run, StopOrder stop) => (long?)run.State.StateReached?.Number("stop") == stop.Sequence;

    private static JsonArray Names(RunSession run, Func<StepState, bool> which) =>
        JournalJson.Array(run.Plan.AllSteps.Where(step => which(run.State.Step(step.Name).State)).Select(step => step.Name));
}
