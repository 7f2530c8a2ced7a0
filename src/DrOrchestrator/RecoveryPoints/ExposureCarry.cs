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
            yield return Sample(reading, from, ValueAt(reading, to)) with
            {
                Covers = (int)(to - from),
                IsCarried = true,
                BestMilliseconds = (long?)ValueAt(reading, from)?.TotalMilliseconds,
            };
        }
    }

    private static TimeSpan? ValueAt(Exposure reading, long second) =>
        (reading.Value ?? reading.Lowest) is not { } value ? null
        : value > TimeSpan.Zero && DateTimeOffset.FromUnixTimeSeconds(second) - reading.ObservedAt is var since && since > TimeSpan.Zero ? value + since
        : value;

    /// <summary>The sample of the reading's own second.</summary>
    public static ExposureSample Sample(Exposure reading, long second) => Sample(reading, second, reading.Value ?? reading.Lowest);

    private static ExposureSample Sample(Exposure reading, long second, TimeSpan? value) => new(
        reading.System,
        reading.Standby,
        DateTimeOffset.FromUnixTimeSeconds(second),
        value is { } known ? (long)Math.Ceiling(known.TotalMilliseconds) : null,
        reading.Replication)
    {
        IsSynchronous = reading.Synchrony.State is RecoveryPoints.Synchrony.Synchronous,
    };
}
