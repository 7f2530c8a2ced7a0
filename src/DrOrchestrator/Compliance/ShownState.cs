using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;

namespace DrOrchestrator.Compliance;

/// <summary>What is shown of a system now. Pure.</summary>
/// <param name="Since">Null when never observed.</param>
internal sealed record ShownState(IntervalState State, DateTimeOffset? Since, string Reason)
{
    private static readonly List<IntervalState> WorstFirst =
        [IntervalState.Down, IntervalState.Unknown, IntervalState.Maintenance, IntervalState.Degraded, IntervalState.Up];

    /// <summary>
    /// What the probes say, made worse by a floor that is broken (verdict rule 5): by the worst, and of those by the one that has been so the longest. A floor that is
    /// still gathering results says nothing now.
    /// </summary>
    public ShownState Under(IReadOnlyList<ServiceState> floors) =>
        floors.Where(floor => floor.State is IntervalState.Down or IntervalState.Degraded)
            .OrderBy(floor => WorstFirst.IndexOf(floor.State)).ThenBy(floor => floor.Since.At).FirstOrDefault() is { } worst
        && WorstFirst.IndexOf(worst.State) < WorstFirst.IndexOf(State)
            ? new ShownState(worst.State, worst.Since.At, worst.Reason)
            : this;

    /// <summary>An interruption inside planned work (rule 4): planned since both hold.</summary>
    public ShownState Within(MaintenanceEntry planned) =>
        new(IntervalState.Maintenance, Since is { } since && since > planned.Start ? since : planned.Start, SystemTimeline.PlannedReason(planned));
}
