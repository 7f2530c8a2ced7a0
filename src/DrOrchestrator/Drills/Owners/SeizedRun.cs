using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Owners;

/// <summary>
/// A run whose systems were taken away from whoever carried it (break-glass). Its journal takes nothing more; what it had in flight may still act, and a real run begins nothing
/// beside that, until its time is over or two people say otherwise. On record in its closing line, so that a crash in between forgets nothing.
/// </summary>
internal static class SeizedRun
{
    private const string ActsFor = "mayActForSeconds";

    /// <summary>The question by which it is taken away.</summary>
    public static string Item(long holder) => FormattableString.Invariant($"{Overrides.BreakGlass}:{holder}");

    /// <summary>What people are asked, with what is in flight by name.</summary>
    public static string Question(long holder, string system, TimeSpan bound, InFlight inFlight)
    {
        var asked = $"Run {holder} has not handed system '{system}' over within {Durations.Format(bound)}. Confirm to take it away: whoever carries that run can write nothing more, and what it has in flight may still act";
        return inFlight.Steps.Count == 0
            ? $"{asked}."
            : $"{asked}: {string.Join(", ", inFlight.Steps.Select(step => step.Name))}. This run then begins nothing for up to {Durations.Format(inFlight.ActsFor)}.";
    }

    /// <summary>Its closing line, written with the claim that ends its owner.</summary>
    public static JournalDraft Closing(DrillRun other, LeaseClaim claim, InFlight inFlight, long byRun, string people)
    {
        var left = claim.PreviousOwner is null || (claim.LetGo && inFlight.Steps.Count == 0) ? TimeSpan.Zero : inFlight.ActsFor - claim.AtLeast;
        return new JournalDraft(
            JournalKinds.Closed,
            "system",
            new JsonObject
            {
                ["outcome"] = RunOutcome.PreEmpted,
                ["strength"] = other.Opened.Text("strength"),
                ["simulated"] = other.Simulated,
                ["reason"] = $"its systems were taken away by run {byRun} (break-glass by {people})",
                ["brokenGlass"] = true,
                ["byRun"] = byRun,
                ["inFlight"] = JournalJson.Array(inFlight.Steps.Select(step => step.Name)),
                [ActsFor] = left > TimeSpan.Zero ? Math.Ceiling(left.TotalSeconds) : 0,
                ["duties"] = JournalJson.Array([.. inFlight.Steps.Select(step => LeftBehind.NobodyKnows(step.Name)), "find out what it left behind: nobody looked when it was ended"]),
            });
    }

    /// <summary>A stage: passed once nothing of the runs that this one has taken systems from may act any more.</summary>
    public static async Task<StageResult> WaitOutAsync(RunSession run, IDrillJournal journal, CancellationToken cancellationToken)
    {
        foreach (var holder in Seized(run.State))
        {
            var closed = new DrillRun(holder, await journal.ReadAsync(holder, 0, cancellationToken).ConfigureAwait(false)).Closed;
            if (closed is null || (long?)closed.Number("byRun") != run.Run || closed.Number(ActsFor) is not > 0)
            {
                continue;
            }

            // The deadline of the question is the end of the wait: it stands in the journal, and the next owner waits no longer than this one.
            var item = $"{Item(holder)}:in-flight";
            var within = TimeSpan.FromSeconds((double)closed.Number(ActsFor)!);
            var steps = closed.Texts("inFlight");
            var text = $"What run {holder} had in flight may act for {Durations.Format(within)} after its systems were taken away: {(steps.Count == 0 ? "whatever it began last" : string.Join(", ", steps))}. This run begins nothing before that. Confirm with a reason to begin at once all the same.";
            var answer = await Questions.AskAsync(run, Overrides.BreakGlass, item, null, "approver", 2, text, within, cancellationToken).ConfigureAwait(false);
            if (answer is StageResult.Waits waits)
            {
                return waits;
            }

            if (answer is StageResult.Failed && run.State.QuestionOf(item)!.Deadline - run.Time.GetUtcNow() is { Ticks: > 0 } left)
            {
                return new StageResult.Waits(Questions.Waiting(run.State.QuestionOf(item)!), left);
            }
        }

        return StageResult.Passed;
    }

    private static IEnumerable<long> Seized(DrillRun run) =>
        Overrides.Given(run).Where(one => one.Kind == Overrides.BreakGlass && one.Subject.All(char.IsAsciiDigit)).Select(one => long.Parse(one.Subject, CultureInfo.InvariantCulture));
}
