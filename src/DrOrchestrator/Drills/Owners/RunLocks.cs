using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Owners;

/// <summary>
/// How a real run gets its systems. A drill (or a run that carries out a duty to fence, which asks nobody and is tried again) that holds one of them is asked to stop at its next safe point and hands it over; where it does not within the bound, people may
/// take it away from whoever carries it (break-glass), and the drill's owner is refused by its epoch from then on.
/// </summary>
public sealed class RunLocks(IDrillJournal journal, RunPlans plans, StepKinds kinds, RunSignals signals, IRunQueue queue)
{
    /// <summary>From the moment the drill was asked on.</summary>
    internal static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookAgainLater = TimeSpan.FromSeconds(1);

    /// <summary>A stage of a run: passed once it has all of its locks.</summary>
    internal async Task<StageResult> TakeAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.State.Mode is not RunMode.Real || run.State.Reached(DrillPhase.Gates))
        {
            return StageResult.Passed;
        }

        return (run.State.HasLocks ? null : await HaveAsync(run, cancellationToken).ConfigureAwait(false)) ?? await SeizedRun.WaitOutAsync(run, journal, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Null once it has them.</summary>
    private async Task<StageResult?> HaveAsync(RunSession run, CancellationToken cancellationToken)
    {
        long? told = null;
        while (await journal.TakeLocksAsync(run.Run, run.Epoch, run.Plan.Systems, cancellationToken).ConfigureAwait(false) is { HeldBy: { } holder } held)
        {
            var other = new DrillRun(holder, await journal.ReadAsync(holder, 0, cancellationToken).ConfigureAwait(false));
            if (other is { Mode: RunMode.Real, FenceDuty: null })
            {
                return new StageResult.Failed($"system '{held.LockedSystem}' is held by run {holder}, which is real too", RunOutcome.Aborted, FailurePolicy.Close);
            }

            if (told != holder)
            {
                told = holder;
                await AskForAsync(run, other, held.LockedSystem!, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (other.Closed is null && other.Stop is { Kind: StopKind.PreEmpt } stop && run.Time.GetUtcNow() - stop.At >= Bound)
            {
                var inFlight = await InFlightAsync(other, cancellationToken).ConfigureAwait(false);
                var (item, text) = (SeizedRun.Item(holder), SeizedRun.Question(holder, held.LockedSystem!, Bound, inFlight));
                if (await Questions.AskAsync(run, Overrides.BreakGlass, item, null, "approver", 2, text, null, cancellationToken).ConfigureAwait(false) is var answer and not StageResult.Done)
                {
                    return answer is StageResult.Waits waits ? waits with { LookAgainAfter = LookAgainLater } : answer;
                }

                await SeizeAsync(run, other, item, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await Task.Delay(LookAgain, run.Time, cancellationToken).ConfigureAwait(false);
        }

        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<InFlight> InFlightAsync(DrillRun other, CancellationToken cancellationToken)
    {
        var (plan, _) = await plans.FindAsync(other, cancellationToken).ConfigureAwait(false);
        return InFlight.Of(other, plan, kinds);
    }

    /// <summary>Once; the order in the drill's journal is what counts, whoever carries it or whether anybody does.</summary>
    private async Task AskForAsync(RunSession run, DrillRun holder, string system, CancellationToken cancellationToken)
    {
        var reason = $"a real run needs system '{system}': {run.State.Opened.Text("reason")}";
        var asked = new JournalDraft(JournalKinds.PreEmptAsked, "system", new JsonObject { ["reason"] = reason, ["forRun"] = run.Run, ["requester"] = run.State.Requester });
        await journal.AppendAnswerAsync(
            holder.Run,
            asked,
            lines => new DrillRun(holder.Run, lines) is { Closed: null, Stop: not { Kind: StopKind.PreEmpt } } ? null : new AnswerResult(false, "already-stopped", "it stops already"),
            cancellationToken).ConfigureAwait(false);
        if (run.State.Phase != DrillPhase.Locks)
        {
            await run.EnterAsync(DrillPhase.Locks, cancellationToken).ConfigureAwait(false);
        }

        await run.WriteAsync(new JournalDraft(JournalKinds.WaitsForLock, "system", new JsonObject { ["system"] = system, ["heldBy"] = holder.Run }), cancellationToken).ConfigureAwait(false);
        signals.Order(holder.Run);
        queue.Enqueue(holder.Run, holder.Mode is RunMode.Real);
    }

    /// <summary>The drill's lease and its end in one transaction: from then on its owner is refused, and its locks are free.</summary>
    private async Task SeizeAsync(RunSession run, DrillRun holder, string item, CancellationToken cancellationToken)
    {
        var (plan, _) = await plans.FindAsync(holder, cancellationToken).ConfigureAwait(false);
        var by = string.Join(", ", run.State.AnswersTo(item).Where(answer => answer.Confirmed).Select(answer => answer.Person));
        await journal.ClaimAsync(
            holder.Run,
            FormattableString.Invariant($"run {run.Run}"),
            (claim, lines) => new DrillRun(holder.Run, lines) is { Closed: null } other ? [SeizedRun.Closing(other, claim, InFlight.Of(other, plan, kinds), run.Run, by)] : [],
            cancellationToken).ConfigureAwait(false);
    }
}
