using Prometheus;

namespace DrOrchestrator.Web.Metrics;

/// <summary>One scrape's worth of gauges: what was not written again since the last scrape is gone, so no value outlives what it was read from.</summary>
internal sealed class GaugeSheet
{
    private readonly Dictionary<string, Gauge> _gauges = [];
    private readonly Dictionary<string, HashSet<string[]>> _written = [];

    public GaugeSheet(CollectorRegistry registry)
    {
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        foreach (var row in MetricTable.All)
        {
            _gauges[row.Name] = factory.CreateGauge(row.Name, row.Help, new GaugeConfiguration { LabelNames = row.Labels, SuppressInitialValue = true });
            _written[row.Name] = new(LabelValues.Same);
        }
    }

    /// <summary>Starts a new sheet.</summary>
    public void Begin()
    {
        foreach (var written in _written.Values)
        {
            written.Clear();
        }
    }

    public void Set(MetricRow row, double value, params string[] labels)
    {
        _gauges[row.Name].WithLabels(labels).Set(value);
        _written[row.Name].Add(labels);
    }

    /// <summary>Writes 1 for the word that holds and 0 for its siblings.</summary>
    public void SetOneOf(MetricRow row, string holds, IEnumerable<string> words, params string[] labels)
    {
        foreach (var word in words)
        {
            Set(row, word == holds ? 1 : 0, [.. labels, word]);
        }
    }

    /// <summary>Takes away what was not written.</summary>
    public void End()
    {
        foreach (var (name, gauge) in _gauges)
        {
            foreach (var stale in gauge.GetAllLabelValues().Where(labels => !_written[name].Contains(labels)).ToList())
            {
                gauge.RemoveLabelled(stale);
            }
        }
    }

    private sealed class LabelValues : IEqualityComparer<string[]>
    {
        public static readonly LabelValues Same = new();

        public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(string[] labels)
        {
            var hash = default(HashCode);
            foreach (var label in labels)
            {
                hash.Add(label);
            }

            return hash.ToHashCode();
        }
    }
}
