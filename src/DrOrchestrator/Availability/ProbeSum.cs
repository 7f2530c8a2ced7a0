namespace DrOrchestrator.Availability;

/// <summary>Results of a probe added up, over whatever time and from however many processes. Counts and latencies merge without loss.</summary>
/// <param name="Good">Results as expected.</param>
/// <param name="Failed">Results not as expected, or none in time.</param>
/// <param name="Unknown">Looks that could not be made; neither good nor failed.</param>
/// <param name="Latency">Durations of the good results.</param>
/// <param name="Values">Of the results that measured a number; null when none did.</param>
public sealed record ProbeSum(long Good, long Failed, long Unknown, LatencyHistogram Latency, ProbeValues? Values = null)
{
    /// <summary>No result.</summary>
    public static ProbeSum Empty { get; } = new(0, 0, 0, LatencyHistogram.Empty);

    /// <summary>Share of the good ones among those that say something; null when none does: what nobody saw is not good.</summary>
    public double? SuccessPercent => Good + Failed > 0 ? 100.0 * Good / (Good + Failed) : null;

    /// <summary>Of one minute.</summary>
    public static ProbeSum Of(ProbeMinute minute) => new(minute.Good, minute.Failed, minute.Unknown, minute.Latency, minute.Values);

    /// <summary>All together.</summary>
    public static ProbeSum Together(IEnumerable<ProbeSum> parts)
    {
        var (good, failed, unknown, latency, values) = (0L, 0L, 0L, new LatencyRecorder(), (ProbeValues?)null);
        foreach (var part in parts)
        {
            (good, failed, unknown) = (good + part.Good, failed + part.Failed, unknown + part.Unknown);
            latency.Add(part.Latency);
            values = values is { } before && part.Values is { } more ? before.Merge(more) : values ?? part.Values;
        }

        return new ProbeSum(good, failed, unknown, latency.ToHistogram(), values);
    }
}

/// <summary>What is known of a probe over a stretch of time.</summary>
/// <param name="LookedMinutes">In how many of its minutes somebody really looked: there is a good or a failed result.</param>
/// <param name="Since">The first of them; null when there is none.</param>
public sealed record ProbeSpan(ProbeSum Sum, long LookedMinutes, DateTimeOffset? Since);
