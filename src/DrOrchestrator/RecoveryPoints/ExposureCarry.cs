namespace DrOrchestrator.RecoveryPoints;

/// <summary>What a reading says of the seconds behind its own, until the next one or until it expires; pure.</summary>
internal static class ExposureCarry
{
    /// <summary>
    /// Samples for the seconds after the one of the reading and before <paramref name="until"/>, one for each minute they touch. The age of a copy, or of a change
    /// that has not arrived, grows while nobody looks; an exposure of 0 is not known to grow.
    /// </summary>
    public static IEnumerable<ExposureSample> Samples(Exposure reading, long second, DateTimeOffset until)
    {
        var end = Math.Min(until.ToUnixTimeSeconds(), reading.ValidUntil.ToUnixTimeSeconds());
        for (var (from, to) = (second + 1, 0L); from < end; from = to)
        {
            to = Math.Min(end, ((from / 60) + 1) * 60);
            yield return Sample(reading, from, GrownBy(second: to, Worst(reading), reading), GrownBy(second: from, Best(reading), reading)) with
            {
                Covers = (int)(to - from),
                IsCarried = true,
            };
        }
    }

    /// <summary>The sample of the reading's own second.</summary>
    public static ExposureSample Sample(Exposure reading, long second) => Sample(reading, second, Worst(reading), Best(reading));

    private static TimeSpan? Worst(Exposure reading) => reading.Highest ?? Best(reading);

    private static TimeSpan? Best(Exposure reading) => reading.Value ?? reading.Lowest;

    private static TimeSpan? GrownBy(long second, TimeSpan? value, Exposure reading) =>
        value > TimeSpan.Zero && DateTimeOffset.FromUnixTimeSeconds(second) - reading.ObservedAt is var since && since > TimeSpan.Zero ? value + since : value;

    /// <summary>What has no upper bound may be over any limit: its seconds count as unknown.</summary>
    private static ExposureSample Sample(Exposure reading, long second, TimeSpan? worst, TimeSpan? best) => new(
        reading.System,
        reading.Standby,
        DateTimeOffset.FromUnixTimeSeconds(second),
        worst is { } known ? (long)Math.Ceiling(known.TotalMilliseconds) : null,
        reading is { Replication: ReplicationState.Protected, Highest: null } ? ReplicationState.Unknown : reading.Replication)
    {
        BestMilliseconds = (long?)best?.TotalMilliseconds,
        IsSynchronous = reading.Synchrony.State is RecoveryPoints.Synchrony.Synchronous,
    };
}
