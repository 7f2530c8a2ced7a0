using DrOrchestrator.Estates;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>
/// What follows a failure. What can be undone is undone. Where that would not help (behind a point of no return, on the way back) it is looked who serves: a run is never
/// closed over a service that is down, it asks a person and says so, while the interruption goes on.
/// </summary>
public sealed class Aftermath(Rollback rollback, DrillStages stages, RunCloser closer, IServingSites serving, ILogger<Aftermath> logger)
{
    /// <summary>The kind of its question; the answer may grant a step one attempt more.</summary>
    internal const string Retry = "retry";

    /// <summary>Null once the run is closed; passed when a person says to try again; otherwise it waits.</summary>
    internal async Task<StageResult?> FollowAsync(RunSession run, StageResult.Failed failed, CancellationToken cancellationToken)
    {
        var undone = failed.Then is FailurePolicy.Rollback ? await rollback.RunAsync(run, failed.Reason, cancellationToken).ConfigureAwait(false) : null;
        var service = run.State.Reached(DrillPhase.Steps) ? await stages.ServiceAsync(run, cancellationToken).ConfigureAwait(false) : null;
        if (service is { Serves: false })
        {
            var asked = await AskAsync(run, failed, service, cancellationToken).ConfigureAwait(false);
            if (asked is not StageResult.Failed refused)
            {
                return asked;
            }

            failed = failed with { Reason = $"{failed.Reason}; {refused.Reason}", Outcome = RunOutcome.Failed };
        }

        // Back at the declared site, whatever else is left to do: then nothing is "not returned".
        if (failed.Outcome is RunOutcome.SwitchedNotReturned && !closer.Moved(run).Any())
        {
            failed = failed with { Outcome = RunOutcome.Failed };
        }

        await closer.CloseAsync(run, failed.Outcome, failed.Reason, undone, service, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<StageResult> AskAsync(RunSession run, StageResult.Failed failed, ServiceCheck service, CancellationToken cancellationToken)
    {
        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var before = run.State.Questions.Where(question => question.Kind == Retry).ToList();

        // An answer "try again" has been acted on by now; a refusal stands, and an open question stays the one that is asked.
        var item = before.Count > 0 && run.State.Settled(before[^1]) is not true ? before[^1].Item : $"retry:{before.Count + 1}";
        var sites = string.Join(", ", run.Plan.Systems.Select(system => $"{system}: last promoted at {serving.ServingSiteOf(system)}"));
        var text = $"NOBODY SERVES: {service.Finding}. The run stopped: {failed.Reason}. Sites: {sites}. The interruption goes on. "
            + "Mend what stopped the run, then confirm to try again; refuse to close it as failed with the service down.";
        if (run.State.QuestionOf(item) is null)
        {
            Log.NobodyServes(logger, run.Run, failed.Reason);
        }

        return await Questions.AskAsync(run, Retry, item, failed.Step, "operator", 1, text, null, cancellationToken).ConfigureAwait(false);
    }
}
