namespace DrOrchestrator.Availability;

/// <summary>The numbers a probe measured (<see cref="Probes.ProbeResult.Value"/>), in the probe's own unit.</summary>
public sealed record ProbeValues(long Count, double Sum, double Min, double Max)
{
    /// <summary>Both together.</summary>
    public ProbeValues Merge(ProbeValues other) =>
        new(Count + other.Count, Sum + other.Sum, Math.Min(Min, other.Min), Math.Max(Max, other.Max));
}

/// <summary>
/// What one probe saw in one minute: the ground of latency quantiles, success ratios and throughput floors. It is no source of availability; that is the ledger of
/// intervals. A result belongs to the minute it ended in. A crash loses the minutes that are not on disk yet: there is then no row, or one with fewer results.
/// </summary>
/// <param name="Minute">Its beginning, in UTC, on the minute.</param>
/// <param name="Good">Results as expected.</param>
/// <param name="Failed">Results not as expected, or none in time.</param>
/// <param name="Unknown">Looks that could not be made (our own side failed); neither good nor failed.</param>
/// <param name="Latency">Durations of the good results.</param>
/// <param name="Values">Of the results that measured a number; null when none did.</param>
public sealed record ProbeMinute(string Probe, DateTimeOffset Minute, int Good, int Failed, int Unknown, LatencyHistogram Latency, ProbeValues? Values = null)
{
    /// <summary>All results of the minute.</summary>
    public int Results => Good + Failed + Unknown;

    /// <summary>The beginning of the minute a moment lies in.</summary>
    public static DateTimeOffset Of(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    /// <summary>What two processes saw of the same minute.</summary>
    public ProbeMinute Merge(ProbeMinute other) => this with
    {
        Good = Good + other.Good,
        Failed = Failed + other.Failed,
        Unknown = Unknown + other.Unknown,
        Latency = Latency.Merge(other.Latency),
        Values = Values is { } values && other.Values is { } others ? values.Merge(others) : Values ?? other.Values,
    };
}

/// <summary>The minutes of probes, up to this moment: what is on disk, and what the running minute has so far.</summary>
public interface IProbeMinutes
{
    /// <summary>The minutes that begin in [from, to), oldest first; a minute without a result has no row. Those older than <see cref="IProbeMinuteStore.Kept"/> are gone.</summary>
    Task<IReadOnlyList<ProbeMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>
    /// Everything of [from, to) added up, as far back as <see cref="IProbeMinuteStore.HoursKept"/>. Where minutes are forgotten, only hours that lie wholly inside count:
    /// let long windows begin on the hour. It costs a row an hour: not for every request.
    /// </summary>
    /// <exception cref="Exception">The database cannot be read: what it has cannot be added up, and less would pass for all.</exception>
    Task<ProbeSpan> SumAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
