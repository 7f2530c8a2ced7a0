using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>A verdict on numbers (达标 / 有风险 / 不达标 / 无法判定).</summary>
public enum Verdict
{
    /// <summary>met.</summary>
    Met,

    /// <summary>at-risk.</summary>
    AtRisk,

    /// <summary>breached.</summary>
    Breached,

    /// <summary>indeterminate.</summary>
    Indeterminate,
}

/// <summary>One verdict with the numbers behind it.</summary>
/// <param name="Subject"><c>rto</c>, <c>rpo</c>, <c>downtime</c>, <c>availability</c>, <c>overall</c>.</param>
/// <param name="Value">The figure in words, with its bounds.</param>
/// <param name="Limit">The limit in words, with its source.</param>
/// <param name="Reason">Why this verdict: <c>observed 3 minutes of the year</c>.</param>
/// <param name="Note">Printed beside it, e.g. <c>lab, satisfies no clause</c>; null otherwise.</param>
public sealed record TierVerdict(string Subject, Verdict Verdict, string Value, string Limit, string Reason, string? Note)
{
    /// <summary>Version of the rules it was reached by (<see cref="RuleTable.Version"/>).</summary>
    public string Rules { get; init; } = RuleTable.Current.Version;

    /// <summary>The standby it is towards; null where it is of the system.</summary>
    public string? Standby { get; init; }

    /// <summary>The figures behind the words; null where there are none.</summary>
    public VerdictNumbers? Numbers { get; init; }

    /// <summary>What it rests on: <c>run 3</c>, <c>intervals sha256:...</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>The same towards each standby, where there are several; the system's own is the best of them.</summary>
    public IReadOnlyList<TierVerdict> Standbys { get; init; } = [];
}

/// <summary>Figures of a verdict.</summary>
/// <param name="Unit"><c>seconds</c> or <c>percent</c>.</param>
/// <param name="Value">Nominal.</param>
/// <param name="Lower">Lower bound.</param>
/// <param name="Upper">Upper bound.</param>
/// <param name="Limit">In the same unit.</param>
/// <param name="From">Begin of the window; null where a record decides.</param>
/// <param name="To">End of the window.</param>
/// <param name="CoveragePercent">Share of the window that was observed.</param>
public sealed record VerdictNumbers(
    string Unit, double? Value, double? Lower, double? Upper, double Limit, DateTimeOffset? From, DateTimeOffset? To, double? CoveragePercent);

/// <summary>Availability over a window (系统可用性, 全时口径), with bounds and coverage.</summary>
/// <param name="Percent">Nominal, in percent; null when nothing was observed.</param>
/// <param name="LowerPercent">With unknown counted as down.</param>
/// <param name="UpperPercent">With unknown counted as up.</param>
/// <param name="CoveragePercent">Share of the window that was observed.</param>
public sealed record AvailabilityFigure(
    DateTimeOffset From,
    DateTimeOffset To,
    double? Percent,
    double LowerPercent,
    double UpperPercent,
    double CoveragePercent,
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

    /// <summary>End of the whole calendar window, where <see cref="To"/> is now; null where the window is no calendar one.</summary>
    public DateTimeOffset? WholeTo { get; init; }

    /// <summary>The same window against committed service time (服务时间口径); null where no service calendar is declared.</summary>
    public ServiceTimeFigure? Service { get; init; }
}

/// <summary>Availability over committed service time: unplanned interruptions only (服务时间口径). Percentages as in <see cref="AvailabilityFigure"/>.</summary>
/// <param name="Committed">Committed service time in the window.</param>
/// <param name="CoveragePercent">Share of the committed time that was observed.</param>
public sealed record ServiceTimeFigure(
    TimeSpan Committed,
    double? Percent,
    double LowerPercent,
    double UpperPercent,
    double CoveragePercent,
    TimeSpan Down,
    TimeSpan DownLower,
    TimeSpan DownUpper,
    TimeSpan Unknown)
{
    /// <summary>Committed in the whole calendar window, what is still to come included; null where it is not known.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public TimeSpan? WholeCommitted { get; init; }
}

/// <summary>What probes say of one site of a system.</summary>
/// <param name="Role"><c>serving</c> or <c>standby</c>.</param>
/// <param name="LatencyMilliseconds">Of the newest good result; null when there is none that is still valid.</param>
public sealed record SiteStatus(string Site, string Role, IntervalState State, DateTimeOffset? Since, double? LatencyMilliseconds, string Reason);

/// <summary>Everything a page needs to know of a system now.</summary>
public sealed record SystemStatus(
    string Name,
    IReadOnlyDictionary<string, string> Title,
    string Department,
    int RequiredTier,
    TierLimits? Limits,
    string Serving,
    IntervalState State,
    DateTimeOffset? Since,
    string Reason,
    double? LatencyMilliseconds,
    IReadOnlyList<SiteStatus> Sites,
    AvailabilityFigure Availability,
    IReadOnlyList<Exposure> Exposures,
    IReadOnlyList<TierVerdict> Verdicts)
{
    /// <summary>RTO three ways.</summary>
    public RecoveryStatus Recovery { get; init; } = RecoveryStatus.None;

    /// <summary>Availability over all standing windows, on both bases.</summary>
    public IReadOnlyList<WindowFigure> Windows { get; init; } = [];

    /// <summary>What is left of the yearly downtime; null for tiers without limits.</summary>
    public DowntimeBudget? Budget { get; init; }

    /// <summary>Exposure over the last 365 days per standby, where it is added up already.</summary>
    public IReadOnlyDictionary<string, ExposureWindow> ExposureYears { get; init; } = new Dictionary<string, ExposureWindow>();

    /// <summary>Quality of service.</summary>
    public QosStatus Qos { get; init; } = QosStatus.None;

    /// <summary>What the estate itself shows to be missing.</summary>
    public IReadOnlyList<ClauseFinding> Findings { get; init; } = [];
}

/// <summary>The status of every system, from the newest valid observations.</summary>
public interface ISystemStatuses
{
    /// <summary>Reads it; the run history behind RTO and RPO verdicts is passed in by the caller's composition.</summary>
    Task<IReadOnlyList<SystemStatus>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The system's timeline merged from the service probes of its critical functions.</summary>
    Task<IReadOnlyList<Interval>> TimelineAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
