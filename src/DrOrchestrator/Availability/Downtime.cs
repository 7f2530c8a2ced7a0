namespace DrOrchestrator.Availability;

/// <summary>How long a service was in which state over a window. Nothing here is rounded; any figure can be recomputed from its intervals.</summary>
/// <param name="Down">Unplanned, nominal: back-dated edges.</param>
/// <param name="DownLower">Surely down, and unplanned.</param>
/// <param name="DownUpper">Not surely up: error bars, unconfirmed failures and everything unknown counted as down; planned time is not in it.</param>
/// <param name="Unknown">Nobody looked.</param>
/// <param name="Degraded">Below an LQA floor and served nevertheless (服务降级).</param>
/// <param name="Maintenance">Interrupted inside an approved window (计划内停机), nominal.</param>
public sealed record Downtime(
    DateTimeOffset From,
    DateTimeOffset To,
    TimeSpan Down,
    TimeSpan DownLower,
    TimeSpan DownUpper,
    TimeSpan Unknown,
    TimeSpan Degraded,
    TimeSpan Maintenance)
{
    /// <summary>Surely interrupted inside an approved window.</summary>
    public TimeSpan MaintenanceLower { get; init; } = Maintenance;

    /// <summary>Not surely up inside an approved window.</summary>
    public TimeSpan MaintenanceUpper { get; init; } = Maintenance;

    /// <summary>The same window held against committed service time (服务时间口径); null where it was not asked for.</summary>
    public ServiceTime? Service { get; init; }

    /// <summary>Length of the window in real seconds; service hours never shrink it.</summary>
    public TimeSpan Window => To - From;

    /// <summary>How much of it was observed.</summary>
    public TimeSpan Observed => Window - Unknown;
}

/// <summary>Unplanned interruptions inside committed service time (服务时间口径). Bounds as in <see cref="Downtime"/>.</summary>
/// <param name="Committed">Committed service time in the window, in real seconds: an hour that a clock shows twice counts twice.</param>
public sealed record ServiceTime(TimeSpan Committed, TimeSpan Down, TimeSpan DownLower, TimeSpan DownUpper, TimeSpan Unknown);
