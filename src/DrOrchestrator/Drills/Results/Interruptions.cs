using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Results;

/// <summary>Reads interruptions of a system off the time line of the service probes of its critical functions.</summary>
internal sealed class Interruptions(ITimelineStore store, EstateHolder estates, ProcessClock clock) : IInterruptions
{
    /// <summary>How far before the window a state may have begun that still holds in it.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);

    public async Task<IReadOnlyList<Interruption>> ReadAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var rows = new List<IReadOnlyList<Interval>>();
        foreach (var probe in estate.CriticalProbesOf(estate.FindSystem(system)!))
        {
            rows.Add(await store.ReadAsync(probe.Name, from - Before, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false));
        }

        // One that began before the run was opened belongs to it: that is what an unplanned switch is opened for.
        var now = clock.Now;
        return
        [
            .. RtoCalculator.Outages(SystemTimeline.Merge(system, rows), from, to)
                .Where(outage => outage.Interrupted.At < to)
                .Select(outage => outage.Restored is { } restored
                    ? new Interruption(outage.Interrupted.Earliest, outage.Interrupted.Latest, restored.Earliest, restored.Latest)
                    : new Interruption(outage.Interrupted.Earliest, outage.Interrupted.Latest, now, now, Restored: false)),
        ];
    }
}
