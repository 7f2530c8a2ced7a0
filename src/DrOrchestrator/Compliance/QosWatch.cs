using System.Collections.Concurrent;
using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Compliance;

/// <summary>What probes measured of each system over the last hour, added up from their minutes once a minute at most.</summary>
internal sealed class QosWatch(EstateHolder estates, IProbeMinutes minutes, ProcessClock clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, QosMeasured> _newest = new(StringComparer.Ordinal);

    /// <summary>The newest sum; null before the first, or when it is older than two minutes.</summary>
    public QosMeasured? Of(string system) => _newest.TryGetValue(system, out var measured) && clock.Now - measured.To <= 2 * Fresh ? measured : null;

    /// <summary>Adds up every system whose sum is a minute old.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var (estate, now) = (estates.Current, clock.Now);
        foreach (var system in estate.Systems.Where(system => !_newest.TryGetValue(system.Name, out var known) || now - known.To >= Fresh))
        {
            var quantile = system.Qos?.Targets?.LatencyQuantile ?? system.Qos?.Forecast.LatencyQuantile ?? 0.95;
            var seen = new List<ProbeMinute>();
            foreach (var probe in estate.CriticalProbesOf(system))
            {
                seen.AddRange(await minutes.ReadAsync(probe.Name, now - Window, now, cancellationToken).ConfigureAwait(false));
            }

            _newest[system.Name] = Sum(seen, quantile, now - Window, now);
        }
    }

    /// <summary>Pure.</summary>
    internal static QosMeasured Sum(IReadOnlyList<ProbeMinute> seen, double quantile, DateTimeOffset from, DateTimeOffset to)
    {
        var (good, failed) = (seen.Sum(minute => (long)minute.Good), seen.Sum(minute => (long)minute.Failed));
        var latency = seen.Aggregate(LatencyHistogram.Empty, (sum, minute) => sum.Merge(minute.Latency));
        var values = seen.Select(minute => minute.Values).OfType<ProbeValues>().Aggregate((ProbeValues?)null, (sum, one) => sum?.Merge(one) ?? one);
        return new QosMeasured(
            from, to, good + failed > 0 ? 100.0 * good / (good + failed) : null, latency.Count > 0 ? latency.Quantile(quantile) : null, quantile, values is { Count: > 0 } ? values.Sum / values.Count : null, good + failed);
    }
}
