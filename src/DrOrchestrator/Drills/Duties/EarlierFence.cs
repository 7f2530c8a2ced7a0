using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Duties;

/// <summary>A fence that an earlier run left standing (switched-not-returned), as that run's journal has it, or that of the run which carried out its duty to fence.</summary>
/// <param name="Run">The run.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Step">Its fence step.</param>
/// <param name="Intent">The newest intent of that step.</param>
/// <param name="Epoch">The newest lease epoch of the run that set it.</param>
/// <param name="ServedEpoch">Epoch (or timeline) under which it made the other side writable; null where its promotion told none.</param>
/// <param name="Marks">Marks under which the fence may be held now: each attempt of its step, and each lift of it that a later run has taken back.</param>
public sealed record EarlierFence(long Run, string Plan, string Step, JsonObject Intent, long Epoch, string? ServedEpoch, IReadOnlyList<string> Marks);

/// <summary>Finds the fence of the run whose duties a run closes. That run is named by people (<c>--closes</c>), never guessed from what is seen at a site.</summary>
public interface IEarlierFences
{
    /// <summary>Throws <see cref="StepFailedException"/> with what is wrong: no such run, another plan's, or nothing fenced.</summary>
    /// <param name="run">The run that lifts.</param>
    /// <param name="step">The fence step of the earlier run.</param>
    /// <param name="plans">Plans whose fence it may be.</param>
    Task<EarlierFence> FindAsync(long run, string step, IReadOnlyList<string> plans, CancellationToken cancellationToken);
}

/// <summary>Reads it from the journal, the truth about every run.</summary>
public sealed class EarlierFences(IDrillJournal journal) : IEarlierFences
{
    /// <summary>Key under which an intent says whose fence it lifts.</summary>
    internal const string OfRun = "ofRun";

    /// <inheritdoc />
    public async Task<EarlierFence> FindAsync(long run, string step, IReadOnlyList<string> plans, CancellationToken cancellationToken)
    {
        var lifting = new DrillRun(run, await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));
        if ((long?)lifting.Opened.Number("closes") is not { } closes)
        {
            throw new StepFailedException("this run closes no earlier run, so it has no fence to lift: start it with the run whose fence it is (dro drill start PLAN --closes RUN)");
        }

        var lines = await journal.ReadAsync(closes, 0, cancellationToken).ConfigureAwait(false);
        var earlier = new DrillRun(closes, lines);
        var plan = earlier.Opened.Text("plan");
        if (!plans.Contains(plan, StringComparer.Ordinal))
        {
            throw new StepFailedException($"run {closes} was carried by plan '{plan}'; its fence may be lifted here only after: {string.Join(", ", plans)}");
        }

        if (earlier.BroughtHomeBy is { } by && by != run)
        {
            throw new StepFailedException($"run {by} has closed what run {closes} left to do; its fence is not this run's to lift");
        }

        var later = await LaterAsync(closes, run, cancellationToken).ConfigureAwait(false);
        var (holder, held) = Holder(later.Where(one => one.Run.Run < run), earlier, lines, step);
        var fence = holder.Step(step);
        if (fence.Intent is not { } intent || fence.State is StepState.Undone)
        {
            throw new StepFailedException(fence.State is StepState.Undone ? $"run {closes} has taken its fence '{step}' back" : $"run {closes} has fenced nothing by a step '{step}'");
        }

        var marks = Enumerable.Range(1, fence.Attempts).Select(attempt => $"{holder.Mark}-{step}-{attempt}").ToList();
        marks.AddRange(TakenBack(later, closes));
        return new EarlierFence(closes, plan, step, intent, held.Max(line => line.Epoch), ServedEpoch(lines, earlier, step), marks);
    }

    /// <summary>Runs behind the earlier one that may have had a hand in its fence, oldest first: those that carried out a duty it left, and those that were to close what it left. Each journal is read once.</summary>
    private async Task<IReadOnlyList<(DrillRun Run, IReadOnlyList<JournalEntry> Lines)>> LaterAsync(long closes, long run, CancellationToken cancellationToken)
    {
        var later = new List<(DrillRun, IReadOnlyList<JournalEntry>)>();
        foreach (var number in (await journal.RunsAsync(openOnly: false, cancellationToken).ConfigureAwait(false)).Where(other => other > closes && other <= run).Order())
        {
            var lines = await journal.ReadAsync(number, 0, cancellationToken).ConfigureAwait(false);
            var other = new DrillRun(number, lines);
            if (other.FenceDuty?.Of == closes || (long?)other.Opened.Number("closes") == closes)
            {
                later.Add((other, lines));
            }
        }

        return later;
    }

    /// <summary>
    /// The run under whose mark the fence stands: the newest that carried the duty out which a promotion without a fence left behind (<see cref="FenceDuty"/>), else the run itself.
    /// </summary>
    private static (DrillRun Run, IReadOnlyList<JournalEntry> Lines) Holder(
        IEnumerable<(DrillRun Run, IReadOnlyList<JournalEntry> Lines)> later, DrillRun earlier, IReadOnlyList<JournalEntry> lines, string step) =>
        later.LastOrDefault(other => other.Run.FenceDuty == new FenceDuty(earlier.Run, step) && other.Run.Step(step).State is StepState.Done) is { Run: not null } holder ? holder : (earlier, lines);

    /// <summary>A later run may have lifted it and, failing afterwards, taken that back: then the fence is held under that run's mark.</summary>
    private static IEnumerable<string> TakenBack(IEnumerable<(DrillRun Run, IReadOnlyList<JournalEntry> Lines)> later, long closes) =>
        from other in later
        where (long?)other.Run.Opened.Number("closes") == closes
        from step in other.Lines.Where(line => line.Kind is JournalKinds.UndoIntent && line.Step is not null).Select(line => line.Step!).Distinct(StringComparer.Ordinal)
        let progress = other.Run.Step(step)
        where (long?)progress.Intent?.Number(OfRun) == closes
        select string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{other.Run.Mark}-{step}-{progress.Attempts}-undo");

    /// <summary>What the promotion over this fence said of the epoch that began with it: the one that was proved by it, or the one that went without.</summary>
    private static string? ServedEpoch(IReadOnlyList<JournalEntry> lines, DrillRun earlier, string fence)
    {
        var promotion = lines.LastOrDefault(line => line.Kind is JournalKinds.FenceProof && line.Data.Text("fence") == fence)?.Step;
        return promotion is not null && earlier.Step(promotion) is { State: StepState.Done, Outputs: { } outputs } ? (outputs["epoch"] ?? outputs["timeline"])?.ToString() : null;
    }
}
