namespace DrOrchestrator.RecoveryPoints;

/// <summary>The largest exposure of one second.</summary>
/// <param name="Second">The second it is of.</param>
/// <param name="WorstMilliseconds">Null when it was unknown, or without a bound, all the time.</param>
/// <param name="State">The worst state of that second.</param>
public sealed record ExposureSample(string System, string Standby, DateTimeOffset Second, long? WorstMilliseconds, ReplicationState State)
{
    /// <summary>Seconds it speaks for, this one included: 1 to 60, never beyond its minute.</summary>
    public int Covers { get; init; } = 1;

    /// <summary>The smallest exposure of the seconds it speaks for; null where that is the largest too.</summary>
    public long? BestMilliseconds { get; init; }

    /// <summary>True where nobody looked in this second and an earlier reading was still good.</summary>
    public bool IsCarried { get; init; }

    /// <summary>True where all readings of this second proved that commits wait for the standby.</summary>
    public bool IsSynchronous { get; init; }
}

/// <summary>What was seen over a window (verdict rule 7: unknown or broken replication counts as over the ceiling).</summary>
/// <param name="WorstSeconds">Null when no exposure was known at any time.</param>
/// <param name="ObservedSeconds">Seconds that a reading speaks for.</param>
public sealed record ExposureWorst(double? WorstSeconds, long ObservedSeconds, long NotProtectedSeconds, long UnknownSeconds)
{
    /// <summary>Observed seconds in which every look proved that commits wait for the standby (verdict rule 8).</summary>
    public long SynchronousSeconds { get; init; }

    /// <summary>Observed seconds that were asynchronous, or not proven to be synchronous.</summary>
    public long NotSynchronousSeconds => ObservedSeconds - SynchronousSeconds;
}

/// <summary>What was kept of one minute.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="BestSeconds">The smallest exposure known in it.</param>
public sealed record ExposureMinute(DateTimeOffset At, double? WorstSeconds, double? BestSeconds, long ObservedSeconds, long NotProtectedSeconds, long UnknownSeconds, long SynchronousSeconds);

/// <summary>Exposures over time. One row a second for a day; one a minute for ever.</summary>
public interface IExposureStore
{
    /// <summary>Keeps samples; one of a second already there is merged into it.</summary>
    Task SaveAsync(IReadOnlyList<ExposureSample> samples, CancellationToken cancellationToken);

    /// <summary>The worst of all seconds that overlap [from, to); beyond a day back, of all minutes that do.</summary>
    ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The seconds of [from, to) in which somebody looked, in order. Those older than a day are not told apart any more and are absent.</summary>
    IReadOnlyList<DateTimeOffset> Seconds(string system, string standby, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The minutes that overlap [from, to), in order; one of which nothing was seen is absent.</summary>
    IReadOnlyList<ExposureMinute> Minutes(string system, string standby, DateTimeOffset from, DateTimeOffset to);

    /// <summary>All minutes that overlap [from, to) together, judged by a limit: each counts whole.</summary>
    ExposureTotals Totals(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit);
}

/// <summary>Sums over minutes.</summary>
/// <param name="OverHighestSeconds">Seconds over the limit, not protected or unknown; a minute whose worst is over the limit counts whole.</param>
/// <param name="OverLowestSeconds">Seconds surely over the limit or not protected; a minute counts whole where its best is over the limit.</param>
/// <param name="FirstMinute">The first minute seen.</param>
public sealed record ExposureTotals(
    double? WorstSeconds,
    long ObservedSeconds,
    long NotProtectedSeconds,
    long UnknownSeconds,
    long SynchronousSeconds,
    long OverHighestSeconds,
    long OverLowestSeconds,
    DateTimeOffset? FirstMinute);

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
