using System.Collections.Concurrent;
using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Compliance;

/// <summary>What probes measured of each system over the last hour, added up from their minutes once a minute at most: alerts go by it. Longer windows: <see cref="QosHistory"/>.</summary>
internal sealed class QosWatch(EstateHolder estates, IProbeMinutes minutes, ProcessClock clock, ILogger<QosWatch> logger)
{
    private static readonly TimeSpan Fresh = QosWindow.Hour.Fresh;
    private readonly ConcurrentDictionary<string, QosSum> _newest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unread = new(StringComparer.Ordinal);

    /// <summary>The newest sum; null before the first, or when it is older than two minutes.</summary>
    public QosSum? Of(string system) => _newest.TryGetValue(system, out var measured) && clock.Now - measured.To <= 2 * Fresh ? measured : null;

    /// <summary>Adds up every system whose sum is a minute old. One whose minutes cannot be read holds up no other: its sum expires. Not safe for concurrent use.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var (estate, now) = (estates.Current, clock.Now);
        var from = QosWindow.Hour.From(now, estate.TimeZone);
        foreach (var system in estate.Systems.Where(system => !_newest.TryGetValue(system.Name, out var known) || now - known.To >= Fresh))
        {
            try
            {
                var seen = new List<(ProbeDefinition, ProbeSpan)>();
                foreach (var probe in estate.CriticalProbesOf(system))
                {
                    seen.Add((probe, SpanOf(await minutes.ReadAsync(probe.Name, from, now, cancellationToken).ConfigureAwait(false))));
                }

                _newest[system.Name] = QosSum.Of(QosWindow.Hour.Name, from, now, seen);
                _unread.Remove(system.Name);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // Tried again at every look, said once.
                if (_unread.Add(system.Name))
                {
                    logger.HourNotAddedUp(failure, system.Name);
                }
            }
        }
    }

    private static ProbeSpan SpanOf(IReadOnlyList<ProbeMinute> seen)
    {
        var looked = seen.Where(minute => minute.Good + minute.Failed > 0).Select(minute => minute.Minute).ToList();
        return new ProbeSpan(ProbeSum.Together(seen.Select(ProbeSum.Of)), looked.Count, looked.Count > 0 ? looked.Min() : null);
    }
}
