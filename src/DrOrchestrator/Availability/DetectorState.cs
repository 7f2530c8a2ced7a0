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
/// <param name="Earliest">The change they may stand for was not before this.</param>
internal sealed record ContraryRun(
    ProbeOutcome Outcome, DateTimeOffset Earliest, DateTimeOffset FirstStartedAt, DateTimeOffset FirstEndedAt, int Count, string Reason);

/// <summary>What the detector knows of a subject. Immutable.</summary>
/// <param name="Since">Edge of the open row; null while there is none (nobody has confirmed anything yet).</param>
/// <param name="ObservedUntil">End of the newest result that saw something.</param>
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
/// <param name="Earliest">Start of the newest result before it that saw the opposite.</param>
internal readonly record struct Sighting(ProbeOutcome Outcome, DateTimeOffset Earliest, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Reason);

/// <summary>What one observation led to; usually the new state and nothing to write.</summary>
internal readonly record struct Detection(DetectorState State, IReadOnlyList<TimelineChange> Changes, Blip? Blip)
{
    /// <summary>Contradictions that a change of state has brought with it: good results inside an interruption that failures did not fill.</summary>
    public IReadOnlyList<Blip> Within { get; init; } = [];
}
