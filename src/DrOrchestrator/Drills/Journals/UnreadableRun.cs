using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Journals;

/// <summary>
/// A run whose plan cannot be read against today's estate. Nothing of it is carried out, observed or undone; it waits for the estate to fit again. People may still end it, and a
/// real run may have its systems: then it is closed as it stands, its locks are free, and every step that was begun is on record as something to look after.
/// </summary>
public sealed class UnreadableRun(RunCloser closer, ICanaries canaries, IRunQueue queue)
{
    /// <summary>Null once the run is closed.</summary>
    internal async Task<StageResult?> FollowAsync(RunSession run, string unreadable, CancellationToken cancellationToken)
    {
        if (Takeover.Refused(run.State) is { } refused)
        {
            await run.WriteAsync(Takeover.Abort(refused), cancellationToken).ConfigureAwait(false);
        }

        if (run.State.Stop is not { Kind: not StopKind.Pause } stop)
        {
            return new StageResult.Waits(unreadable, null);
        }

        run.Followed = stop;
        if (stop.Kind is StopKind.PreEmpt)
        {
            await CloseAsync(run, RunOutcome.PreEmpted, $"pre-empted by run {stop.ForRun}: {stop.Reason}", cancellationToken).ConfigureAwait(false);
            queue.Enqueue(stop.ForRun!.Value, real: true);
            return null;
        }

        // An abort promises that what was done is undone, or that somebody is asked. This run can do neither: who said "abort" hears that, and says whether it is to be closed all the same.
        var begun = LeftBehind.Begun(run.Plan, run.State).ToList();
        if (begun.Count > 0 && RunModes.Reads(run.State.Mode))
        {
            var why = $"The run was aborted by {stop.By}: {stop.Reason}. Its plan cannot be read, so that nothing is observed or undone: what it began stays as it is ({string.Join(", ", begun.Select(step => step.Name))}), or the estate is put back as it was and the server started again";
            var answer = await StopDecision.AskAsync(run, FormattableString.Invariant($"unreadable-{stop.Sequence}"), null, why, [StopChoice.Close], isSpent: false, since: 0, cancellationToken).ConfigureAwait(false);
            if (answer.Choice is null)
            {
                return answer.Waits;
            }
        }

        await CloseAsync(run, RunOutcome.Aborted, $"aborted by {stop.By}: {stop.Reason}", cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task CloseAsync(RunSession run, string outcome, string reason, CancellationToken cancellationToken)
    {
        // Canaries end with the run, whatever the plan calls them.
        foreach (var leg in LeftBehind.Begun(run.Plan, run.State).Where(step => step.Progress is { Kind: CanaryStep.Word, Intent: not null }).Select(step => step.Progress.Intent!.OptionalText("leg")).OfType<string>().Distinct())
        {
            await canaries.StopAsync(run.Run, leg, cancellationToken).ConfigureAwait(false);
        }

        await closer.CloseAsync(run, outcome, $"{reason}; its plan could not be read, nothing was observed or undone", null, null, cancellationToken).ConfigureAwait(false);
    }
}
