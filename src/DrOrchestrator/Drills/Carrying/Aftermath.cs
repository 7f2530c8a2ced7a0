using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>
/// What follows a failure. What can be undone is undone. Where that would not help (behind a point of no return, on the way back) it is looked who serves: a run is never
/// closed over a service that is down, it asks a person and says so, while the interruption goes on.
/// </summary>
public sealed class Aftermath(Rollback rollback, DrillStages stages, RunCloser closer, IServingSites serving, ILogger<Aftermath> logger)
{
    /// <summary>The kind of its question; the answer may grant a step one attempt more.</summary>
    internal const string Retry = "retry";

    /// <summary>Null once the run is closed; "again" when a person says to try again; halted when a stop came; otherwise it waits.</summary>
    internal async Task<StageResult?> FollowAsync(RunSession run, StageResult.Failed failed, CancellationToken cancellationToken)
    {
        var then = failed.Then;
        if (then is FailurePolicy.Ask)
        {
            var answer = await AskHowAsync(run, failed, cancellationToken).ConfigureAwait(false);
            if (answer.Choice is not { } choice)
            {
                return answer.Waits;
            }

            if (choice is StopChoice.GoOn)
            {
                return new StageResult.Again();
            }

            then = choice is StopChoice.RollBack ? FailurePolicy.Rollback : FailurePolicy.Close;
        }

        var undone = then is FailurePolicy.Rollback ? await rollback.RunAsync(run, failed, cancellationToken).ConfigureAwait(false) : null;
        if (then is FailurePolicy.Rollback && undone is null)
        {
            return StageResult.Stopped;
        }

        var service = run.State.Reached(DrillPhase.Steps) && RunModes.Reads(run.State.Mode) ? await stages.ServiceAsync(run, cancellationToken).ConfigureAwait(false) : null;
        if (service is { Serves: false })
        {
            var asked = await AskAsync(run, failed, undone, service, cancellationToken).ConfigureAwait(false);
            if (asked is not StageResult.Failed refused)
            {
                return asked is StageResult.Done ? new StageResult.Again() : asked;
            }

            failed = failed with { Reason = $"{failed.Reason}; {refused.Reason}", Outcome = run.State.Stop is null ? RunOutcome.Failed : failed.Outcome };
        }

        // Back at the declared site, whatever else is left to do: then nothing is "not returned".
        if (failed.Outcome is RunOutcome.SwitchedNotReturned && !closer.Moved(run).Any())
        {
            failed = failed with { Outcome = RunOutcome.Failed };
        }

        await closer.CloseAsync(run, failed.Outcome, failed.Reason, undone, service, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>A real run never undoes, or gives up, by itself.</summary>
    private static Task<StopAnswer> AskHowAsync(RunSession run, StageResult.Failed failed, CancellationToken cancellationToken)
    {
        StopChoice[] choices = run.State.Reached(DrillPhase.WayBack) ? [StopChoice.GoOn, StopChoice.Close] : [StopChoice.GoOn, StopChoice.RollBack, StopChoice.Close];

        // What was chosen over an earlier failure of the step, or before somebody mended the world and said to try again, is no word about this one.
        var mended = run.State.Questions.Where(question => question.Kind == Retry && run.State.Settled(question) is true).SelectMany(question => run.State.AnswersTo(question.Item)).Select(answer => answer.Sequence).DefaultIfEmpty(0).Max();
        var since = Math.Max(mended, failed.Step is { } step ? run.State.Step(step).EndedWith : 0);
        return StopDecision.AskAsync(run, failed.Step ?? "run", failed.Step, $"The run stopped: {failed.Reason}", choices, isSpent: true, since, cancellationToken);
    }

    /// <summary>What a confirmation brings depends on where the run stands: a switch that was undone whole, or stopped, is not begun again.</summary>
    private async Task<StageResult> AskAsync(RunSession run, StageResult.Failed failed, RollbackResult? undone, ServiceCheck service, CancellationToken cancellationToken)
    {
        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var before = run.State.Questions.Where(question => question.Kind == Retry).ToList();

        // An answer "try again" has been acted on by now; a refusal stands, and an open question stays the one that is asked.
        var item = before.Count > 0 && run.State.Settled(before[^1]) is not true ? before[^1].Item : $"retry:{before.Count + 1}";
        var sites = string.Join(", ", run.Plan.Systems.Select(system => $"{system}: last promoted at {serving.ServingSiteOf(system)}"));
        var text = $"NOBODY SERVES: {service.Finding}. The run stopped: {failed.Reason}. Sites: {sites}. The interruption goes on. "
            + (run.State.Stop is null && undone is not { StoppedAt: null }
                ? "Mend what stopped the run, then confirm to try again; refuse to close it as failed with the service down."
                : "Bring the service back, then confirm to look again; refuse to close the run with the service down.");
        if (run.State.QuestionOf(item) is null)
        {
            Log.NobodyServes(logger, run.Run, failed.Reason);
        }

        return await Questions.AskAsync(run, Retry, item, failed.Step, "operator", 1, text, null, cancellationToken).ConfigureAwait(false);
    }
}
