namespace DrOrchestrator.RecoveryPoints;

/// <summary>The largest exposure of one second.</summary>
/// <param name="Second">The second it is of.</param>
/// <param name="WorstMilliseconds">Null when it was unknown, or without a bound, all the time.</param>
/// <param name="State">The worst state of that second.</param>
public sealed record ExposureSample(string System, string Standby, DateTimeOffset Second, long? WorstMilliseconds, ReplicationState State);

/// <summary>What was seen over a window (verdict rule 7: unknown or broken replication counts as over the ceiling).</summary>
/// <param name="WorstSeconds">Null when no exposure was known at any time.</param>
/// <param name="ObservedSeconds">Seconds with a sample.</param>
public sealed record ExposureWorst(double? WorstSeconds, long ObservedSeconds, long NotProtectedSeconds, long UnknownSeconds);

/// <summary>Exposures over time. One row a second for a day; one a minute for ever.</summary>
public interface IExposureStore
{
    /// <summary>Keeps samples; one of a second already there is merged into it.</summary>
    Task SaveAsync(IReadOnlyList<ExposureSample> samples, CancellationToken cancellationToken);

    /// <summary>The worst of all seconds that overlap [from, to); beyond a day back, of all minutes that do.</summary>
    ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The seconds of [from, to) that have a sample, in order. Those older than a day are not told apart any more and are absent.</summary>
    IReadOnlyList<DateTimeOffset> Seconds(string system, string standby, DateTimeOffset from, DateTimeOffset to);
}

/// <summary>Exposure over a window, up to this moment.</summary>
public interface IExposureHistory
{
    /// <summary>Worst in window (窗口内最大敞口).</summary>
    ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The same, and every second that no reading covers is unknown: nobody looked (verdict rule 7). For windows of up to a day back.</summary>
    /// <param name="validity">How long a reading speaks for what follows it (<see cref="ExposureCalculator.Validity"/>).</param>
    ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan validity);

    /// <summary>The same in seconds; null when none is known.</summary>
    double? WorstSeconds(string system, string standby, DateTimeOffset from, DateTimeOffset to) => Worst(system, standby, from, to).WorstSeconds;
}
