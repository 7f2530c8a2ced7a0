using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills;

/// <summary>Reads interruptions of a system off the time line of the service probes of its critical functions.</summary>
internal sealed class Interruptions(ITimelineStore store, EstateHolder estates) : IInterruptions
{
    /// <summary>How far before the window a state may have begun that still holds in it.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);

    public async Task<IReadOnlyList<Interruption>> ReadAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var critical = estate.FindSystem(system)!.Functions.Where(function => function.Critical).Select(function => function.Name).ToHashSet(StringComparer.Ordinal);
        var rows = new List<IReadOnlyList<Interval>>();
        foreach (var probe in estate.Probes.Where(probe => probe.System == system && probe.Function is { } function && critical.Contains(function)))
        {
            rows.Add(await store.ReadAsync(probe.Name, from - Before, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false));
        }

        return
        [
            .. RtoCalculator.Outages(SystemTimeline.Merge(system, rows), from, to)
                .Where(outage => outage.Restored is not null && outage.Interrupted.At >= from && outage.Interrupted.At < to)
                .Select(outage => new Interruption(outage.Interrupted.Earliest, outage.Interrupted.Latest, outage.Restored!.Value.Earliest, outage.Restored.Value.Latest)),
        ];
    }
}
