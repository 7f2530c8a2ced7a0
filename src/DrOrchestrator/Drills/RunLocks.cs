using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>
/// How a real run gets its systems. A drill that holds one of them is asked to stop at its next safe point and hands it over; where it does not within the bound, people may
/// take it away from whoever carries it (break-glass), and the drill's owner is refused by its epoch from then on.
/// </summary>
public sealed class RunLocks(IDrillJournal journal, RunSignals signals, IRunQueue queue)
{
    /// <summary>The kind of the question by which a system is taken away from a run that does not hand it over.</summary>
    internal const string BreakGlass = Overrides.BreakGlass;

    /// <summary>From the moment the drill was asked on.</summary>
    internal static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookAgainLater = TimeSpan.FromSeconds(1);

    /// <summary>A stage of a run: passed once it has all of its locks.</summary>
    internal async Task<StageResult> TakeAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.State.Mode is not RunMode.Real || run.State.HasLocks)
        {
            return StageResult.Passed;
        }

        long? told = null;
        while (await journal.TakeLocksAsync(run.Run, run.Epoch, run.Plan.Systems, cancellationToken).ConfigureAwait(false) is { HeldBy: { } holder } held)
        {
            var other = new DrillRun(holder, await journal.ReadAsync(holder, 0, cancellationToken).ConfigureAwait(false));
            if (other.Mode is RunMode.Real)
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
                var text = $"Run {holder} has not handed system '{held.LockedSystem}' over within {Durations.Format(Bound)}. Confirm to take it away: whoever carries that run can write nothing more, and what it has in flight may still act.";
                var item = FormattableString.Invariant($"{BreakGlass}:{holder}");
                if (await Questions.AskAsync(run, BreakGlass, item, null, "approver", 2, text, null, cancellationToken).ConfigureAwait(false) is var answer and not StageResult.Done)
                {
                    return answer is StageResult.Waits waits ? waits with { LookAgainAfter = LookAgainLater } : answer;
                }

                await SeizeAsync(run, holder, item, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await Task.Delay(LookAgain, run.Time, cancellationToken).ConfigureAwait(false);
        }

        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return StageResult.Passed;
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
        queue.Enqueue(holder.Run);
    }

    /// <summary>The drill's lease and its end in one transaction: from then on its owner is refused, and its locks are free.</summary>
    private Task SeizeAsync(RunSession run, long holder, string item, CancellationToken cancellationToken)
    {
        var by = string.Join(", ", run.State.AnswersTo(item).Where(answer => answer.Confirmed).Select(answer => answer.Person));
        return journal.ClaimAsync(
            holder,
            FormattableString.Invariant($"run {run.Run}"),
            (_, lines) => new DrillRun(holder, lines) is { Closed: null } other ? [Closing(other, run.Run, by)] : [],
            cancellationToken);
    }

    private static JournalDraft Closing(DrillRun other, long byRun, string people) => new(
        JournalKinds.Closed,
        "system",
        new JsonObject
        {
            ["outcome"] = RunOutcome.PreEmpted,
            ["strength"] = other.Opened.Text("strength"),
            ["simulated"] = other.Simulated,
            ["reason"] = $"its systems were taken away by run {byRun} (break-glass by {people})",
            ["brokenGlass"] = true,
            ["duties"] = JournalJson.Array(["find out what it left behind: nobody looked when it was ended"]),
        });
}
