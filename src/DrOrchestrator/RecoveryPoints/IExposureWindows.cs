namespace DrOrchestrator.RecoveryPoints;

/// <summary>Exposure towards one standby over a window, from the minutes kept for ever. Verdict rule 7: what is unknown or broken is over the ceiling.</summary>
/// <param name="WorstSeconds">Worst in window (窗口内最大敞口); null when none is known.</param>
/// <param name="WindowSeconds">Length of the window.</param>
/// <param name="ObservedSeconds">Seconds that a reading speaks for.</param>
/// <param name="UnseenSeconds">Seconds nobody looked: the orchestrator was down, or the recovery point was not declared yet.</param>
/// <param name="NotProtectedSeconds">Replication was broken.</param>
/// <param name="UnknownSeconds">Somebody looked, and it could not be told.</param>
/// <param name="SynchronousSeconds">Every look proved that commits wait for the standby (rule 8).</param>
/// <param name="OverHighestSeconds">Upper bound of the time over the limit, with unseen, unknown and not protected seconds counted as over.</param>
/// <param name="OverLowestSeconds">Lower bound: surely over the limit, or not protected.</param>
/// <param name="FirstSeen">The first minute of the window in which anybody looked; null when nobody did.</param>
public sealed record ExposureWindow(
    DateTimeOffset From,
    DateTimeOffset To,
    double? WorstSeconds,
    double WindowSeconds,
    double ObservedSeconds,
    double UnseenSeconds,
    double NotProtectedSeconds,
    double UnknownSeconds,
    double SynchronousSeconds,
    double OverHighestSeconds,
    double OverLowestSeconds,
    DateTimeOffset? FirstSeen)
{
    /// <summary>Seconds that were not proven to be synchronous, unseen ones included.</summary>
    public double NotSynchronousSeconds => WindowSeconds - SynchronousSeconds;

    /// <summary>Share of the window over the limit (超限时间占比), 0 to 1: upper bound.</summary>
    public double ShareOverHighest => WindowSeconds > 0 ? OverHighestSeconds / WindowSeconds : 0;

    /// <summary>Lower bound of the same.</summary>
    public double ShareOverLowest => WindowSeconds > 0 ? OverLowestSeconds / WindowSeconds : 0;
}

/// <summary>One point of a graph.</summary>
/// <param name="UnknownSeconds">Could not be told, or nobody looked.</param>
public sealed record ExposureBucket(DateTimeOffset From, DateTimeOffset To, double? WorstSeconds, double UnknownSeconds, double NotProtectedSeconds, double NotSynchronousSeconds);

/// <summary>Exposure over windows of any length, up to this moment.</summary>
public interface IExposureWindows
{
    /// <summary>A window against a limit.</summary>
    ExposureWindow Window(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit);

    /// <summary>A series for a graph.</summary>
    /// <param name="step">Length of a bucket: whole minutes.</param>
    IReadOnlyList<ExposureBucket> Series(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan step);

    /// <summary>Stretches of synchrony that overlap [from, to), in order; what lies between them is unknown.</summary>
    IReadOnlyList<SynchronyInterval> Synchrony(string system, string standby, DateTimeOffset from, DateTimeOffset to);
}

/// <summary>Stretches of synchrony, kept for ever.</summary>
public interface ISynchronyStore
{
    /// <summary>Keeps stretches; one of the same system, standby and beginning is made longer.</summary>
    Task SaveAsync(IReadOnlyList<SynchronyInterval> intervals, CancellationToken cancellationToken);

    /// <summary>Those that overlap [from, to), in order.</summary>
    IReadOnlyList<SynchronyInterval> Read(string system, string standby, DateTimeOffset from, DateTimeOffset to);
}
