using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// Duties of two runs, of which the later one brings home what the earlier one has switched (<c>--closes</c>). What makes the system less safe keeps both from having passed until it is
/// done: it stands on both records, and is closed on that of the run that left it.
/// </summary>
public sealed class LinkedDuties(StepKinds kinds, IDrillJournal journal, RunSignals signals)
{
    /// <summary>What a run that brings home has done of it, and what not. Null where the run closes no other.</summary>
    internal async Task<EarlierDuties?> ReadAsync(Plan plan, DrillRun run, CancellationToken cancellationToken)
    {
        var records = new List<EarlierRecord>();
        for (var next = (long?)run.Opened.Number("closes"); next is { } number && number < (records.Count > 0 ? records[^1].Run.Run : run.Run);)
        {
            var before = await FoldAsync(number, cancellationToken).ConfigureAwait(false);
            var done = StepDuties.DoneBy(plan, run, kinds, before).ToList();
            records.Add(new EarlierRecord(before, done, [.. StepDuties.Standing(before).Where(duty => duty.Holds && !done.Contains(duty))]));

            // What that one took over stands on the record of the one it closed, too.
            next = StepDuties.Standing(before).Any(duty => duty.Of is not null) ? (long?)before.Opened.Number("closes") : null;
        }

        return records.Count > 0 ? new EarlierDuties(records) : null;
    }

    /// <summary>Puts on the earlier records what is done, and says which duties of the run that it closes those are. May be said twice.</summary>
    /// <param name="by">The run that brought home.</param>
    /// <param name="duties">What it was opened to do.</param>
    internal async Task<IReadOnlyList<string>> CloseAsync(long by, IReadOnlyList<string> duties, EarlierDuties earlier, CancellationToken cancellationToken)
    {
        // Of one whose duties were taken over, only what is done now is new.
        foreach (var record in earlier.Records.Where(record => record == earlier.Records[0] || record.Done.Count > 0))
        {
            var said = record == earlier.Records[0] ? Less(duties, record) : [.. record.Done.Select(duty => duty.Text)];
            var line = new JsonObject { ["byRun"] = by, ["duties"] = JournalJson.Array(said), ["steps"] = JournalJson.Array(record.Done.Select(duty => duty.Step)) };
            if (record.Held.Count > 0)
            {
                line["held"] = JournalJson.Array(record.Held.Select(duty => duty.Step));
            }

            await journal.AppendAnswerAsync(
                record.Run.Run,
                new JournalDraft(JournalKinds.DutiesClosed, "system", line),
                lines => new DrillRun(record.Run.Run, lines) is var now && (now.ClosedByRun ?? (now.BroughtHomeBy == by ? by : null)) is { } closed ? new AnswerResult(false, "already-closed", $"run {closed} has closed them") : null,
                cancellationToken).ConfigureAwait(false);
            foreach (var duty in record.Done.Where(duty => duty.Of is null))
            {
                await FollowAsync(record.Run.Run, duty.Step, cancellationToken).ConfigureAwait(false);
            }
        }

        return Less(duties, earlier.Records[0]);
    }

    /// <summary>A duty is closed on the record of the run that left it: it is closed, too, on that of each later run that took it over.</summary>
    public async Task FollowAsync(long run, string step, CancellationToken cancellationToken)
    {
        foreach (var later in await TakenOverByAsync(await FoldAsync(run, cancellationToken).ConfigureAwait(false), step, cancellationToken).ConfigureAwait(false))
        {
            await SettleAsync(later.Run, LeftDuty.NameOf(run, step), FormattableString.Invariant($"closed on the record of run {run}"), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The runs on whose records a duty of this one stands, too: each took it over from the one before.</summary>
    internal async Task<IReadOnlyList<DrillRun>> TakenOverByAsync(DrillRun run, string step, CancellationToken cancellationToken)
    {
        var later = new List<DrillRun>();
        for (var from = run; from.BroughtHomeBy is { } by && by > from.Run;)
        {
            from = await FoldAsync(by, cancellationToken).ConfigureAwait(false);
            if (StepDuties.Standing(from).Any(duty => duty.Step == LeftDuty.NameOf(run.Run, step)))
            {
                later.Add(from);
            }
        }

        return later;
    }

    /// <summary>Closes a duty on one record; once, whoever else does it too.</summary>
    internal async Task SettleAsync(long run, string step, string reason, CancellationToken cancellationToken)
    {
        var result = await journal.AppendAnswerAsync(
            run,
            new JournalDraft(JournalKinds.DutySettled, "system", new JsonObject { ["fence"] = step, ["reason"] = reason }),
            lines => StepDuties.Standing(new DrillRun(run, lines)).Any(duty => duty.Step == step) ? null : new AnswerResult(false, "no-duty", "it is closed already"),
            cancellationToken).ConfigureAwait(false);
        if (result.Accepted)
        {
            signals.Order(run);
        }
    }

    /// <summary>Whether a duty that was taken over stands no more on the record of the run that left it.</summary>
    internal async Task<bool> IsClosedAsync((long Run, string Step) of, CancellationToken cancellationToken) =>
        !StepDuties.Standing(await FoldAsync(of.Run, cancellationToken).ConfigureAwait(false)).Any(duty => duty.Step == of.Step);

    /// <summary>Whether a run that brought another one's systems home has only what it took over between it and having passed, and all of that is done since.</summary>
    internal static bool IsDoneSince(DrillRun run) =>
        run.Closed is { } closed && closed.ContainsKey("closes") && closed.Text("outcome") == RunOutcome.SwitchedNotReturned
        && !closed.Texts("duties").Contains(LeftBehind.ReProtect) && !StepDuties.Standing(run).Any(duty => duty.Holds);

    /// <summary>What a step has left stays open until it is done itself, wherever the system is served.</summary>
    private static IReadOnlyList<string> Less(IReadOnlyList<string> duties, EarlierRecord record) =>
        [.. duties.Except(StepDuties.Standing(record.Run).Where(duty => !record.Done.Contains(duty)).Select(duty => duty.Text))];

    private async Task<DrillRun> FoldAsync(long run, CancellationToken cancellationToken) => new(run, await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));
}

/// <summary>The record of an earlier run.</summary>
/// <param name="Done">Duties on it that the later run has done.</param>
/// <param name="Held">Those that make the system less safe, and that it has not.</param>
internal sealed record EarlierRecord(DrillRun Run, IReadOnlyList<LeftDuty> Done, IReadOnlyList<LeftDuty> Held);

/// <summary>What a run that brings home finds on earlier records: of the run that it closes first, then of those whose duties that one took over.</summary>
internal sealed record EarlierDuties(IReadOnlyList<EarlierRecord> Records)
{
    /// <summary>The run that it closes.</summary>
    public long Run => Records[0].Run.Run;

    /// <summary>What the later run takes over.</summary>
    public IReadOnlyList<LeftDuty> TakenOver => [.. Records[0].Held.Select(duty => duty.TakenOver(Run))];
}
