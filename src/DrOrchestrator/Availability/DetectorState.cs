using System.Collections.Immutable;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability;

/// <summary>How results of one probe turn into states.</summary>
/// <param name="Confirmations">Results that confirm a change: in a row, except where <c>Of</c> says otherwise.</param>
/// <param name="LongestSilence">From the end of one result to the end of the next; beyond it nobody looked.</param>
internal readonly record struct DetectorRules(int Confirmations, TimeSpan LongestSilence)
{
    /// <summary>Failures among this many newest results confirm an interruption; 0 or <see cref="Confirmations"/>: they must stand in a row. What is down, or was not observed, is up again by good results in a row only.</summary>
    public int Of { get; init; }

    public static DetectorRules For(ProbeDefinition probe) =>
        new(Math.Max(1, probe.Confirmations), probe.Interval + probe.Timeout + TimeSpan.FromSeconds(1)) { Of = probe.ConfirmationsOf };
}

/// <summary>Results in a row that contradict the confirmed state.</summary>
/// <param name="Outcome">Of the newest of them.</param>
/// <param name="Earliest">The change they may stand for was not before this.</param>
/// <param name="FirstEndedAt">The change they may stand for was not after this: the end of the first of them, for an interruption of the first that all who vote agree on.</param>
/// <param name="Count">How many in a row say the same, together or as this vantage point saw it.</param>
internal sealed record ContraryRun(
    ProbeOutcome Outcome, DateTimeOffset Earliest, DateTimeOffset FirstStartedAt, DateTimeOffset FirstEndedAt, int Count, string Reason)
{
    /// <summary>What this vantage point itself saw in all of them; null where that was not the same.</summary>
    public ProbeOutcome? Own { get; init; } = Outcome;

    /// <summary>Whether the result belongs to the same run: it says the same, or this vantage point saw the same and only others have changed their word.</summary>
    public bool GoesOnWith(ProbeResult result) => result.Outcome == Outcome || result.Own == Own;

    /// <summary>The run with one more.</summary>
    public ContraryRun With(ProbeResult result) => this with
    {
        Outcome = result.Outcome,
        Own = result.Own == Own ? Own : null,
        FirstEndedAt = result.Outcome == ProbeOutcome.Down && Outcome != ProbeOutcome.Down ? result.EndedAt : FirstEndedAt,
        Count = Count + 1,
        Reason = result.Outcome == Outcome ? Reason : result.Reason,
    };

    /// <summary>
    /// Still not what was confirmed, but something else than before: since when it is not stays, and confirming begins anew. Good results begin with the first of them: while it failed
    /// from here and others did not see it, it may have been down.
    /// </summary>
    public ContraryRun Turned(ProbeResult result) => this with
    {
        Outcome = result.Outcome,
        Own = result.Own,
        FirstStartedAt = result.Outcome == ProbeOutcome.Up ? result.StartedAt : FirstStartedAt,
        FirstEndedAt = result.Outcome == ProbeOutcome.Up ? result.EndedAt : FirstEndedAt,
        Count = 1,
        Reason = result.Reason,
    };

    /// <summary>Enough of them. That vantage points disagree is only known once the others have had the time to see what the first one saw.</summary>
    public bool Confirms(DetectorRules rules, ProbeResult result) =>
        Count >= rules.Confirmations && (result.Outcome != ProbeOutcome.Degraded || result.ShowsFrom >= FirstStartedAt);

    /// <summary>What stays on record of it when it ends unconfirmed; null where it proves and disproves no interruption.</summary>
    public Blip? Blip(string subject, IntervalState within, DateTimeOffset to) => within switch
    {
        IntervalState.Down => new Blip(subject, IntervalState.Down, Earliest, to),
        IntervalState.Up when Outcome == ProbeOutcome.Down || Own != ProbeOutcome.Up => new Blip(subject, IntervalState.Up, Earliest, to),

        // Held against interruptions as good service is: it may have begun before the disagreement did.
        IntervalState.Degraded when Outcome == ProbeOutcome.Down => new Blip(subject, IntervalState.Up, Earliest, to),
        _ => null,
    };
}

/// <summary>What the detector knows of a subject. Immutable.</summary>
/// <param name="Since">Edge of the open row; null while there is none (nobody has confirmed anything yet).</param>
/// <param name="ObservedUntil">End of the newest result that saw something.</param>
/// <param name="LastGoodStartedAt">The newest moment it surely was not interrupted at or after (<see cref="ProbeResult.ShowsFrom"/>).</param>
/// <param name="LastFailedStartedAt">The newest moment it surely was not fully served at or after.</param>
internal sealed record DetectorState(
    IntervalState State,
    Edge? Since,
    DateTimeOffset? ConfirmedAt,
    string Reason,
    DateTimeOffset? ObservedUntil,
    DateTimeOffset? LastGoodStartedAt,
    DateTimeOffset? LastFailedStartedAt,
    ContraryRun? Run)
{
    /// <summary>The newest results since the first failure among them, where failures need not stand in a row; empty otherwise.</summary>
    public ImmutableArray<Sighting> Scattered { get; init; } = [];

    /// <summary>Up to here an earlier process, whose clock was ahead, has given the moments already; null where none has.</summary>
    public DateTimeOffset? LabelledUntil { get; init; }

    public static DetectorState Nothing { get; } = new(IntervalState.Unknown, null, null, "never observed", null, null, null, null);
}

/// <summary>A result kept because it may belong to an interruption.</summary>
/// <param name="Outcome">Down where it failed, also where others do not agree; up otherwise.</param>
/// <param name="Earliest">Start of the newest result before it that saw the opposite.</param>
internal readonly record struct Sighting(ProbeOutcome Outcome, DateTimeOffset Earliest, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Reason)
{
    /// <summary>Other vantage points did not agree.</summary>
    public bool IsDisputed { get; init; }
}

/// <summary>What one observation led to; usually the new state and nothing to write.</summary>
internal readonly record struct Detection(DetectorState State, IReadOnlyList<TimelineChange> Changes, Blip? Blip)
{
    /// <summary>Contradictions that a change of state has brought with it: good results inside an interruption that failures did not fill.</summary>
    public IReadOnlyList<Blip> Within { get; init; } = [];
}
