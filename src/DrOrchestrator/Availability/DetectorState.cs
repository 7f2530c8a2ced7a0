using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability;

/// <summary>How results of one probe turn into states.</summary>
/// <param name="Confirmations">Results in a row that confirm a change.</param>
/// <param name="LongestSilence">From the end of one result to the end of the next; beyond it nobody looked.</param>
internal readonly record struct DetectorRules(int Confirmations, TimeSpan LongestSilence)
{
    public static DetectorRules For(ProbeDefinition probe) =>
        new(Math.Max(1, probe.Confirmations), probe.Interval + probe.Timeout + TimeSpan.FromSeconds(1));
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
    public static DetectorState Nothing { get; } = new(IntervalState.Unknown, null, null, "never observed", null, null, null, null);
}

/// <summary>What one observation led to; usually the new state and nothing to write.</summary>
internal readonly record struct Detection(DetectorState State, IReadOnlyList<TimelineChange> Changes, Blip? Blip);
