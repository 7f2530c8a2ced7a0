using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Compliance;

/// <summary>Everything the evaluator judges by.</summary>
/// <param name="Now">The moment of judgement.</param>
/// <param name="IsSandbox">The estate is the lab.</param>
/// <param name="CalendarYear">Availability from the first of January (UTC) to <paramref name="Now"/>, or of a whole year that is over.</param>
/// <param name="Rolling">Availability of the last 365 days; drives <c>at-risk</c>.</param>
/// <param name="Records">Closed runs that touched the system, newest first.</param>
/// <param name="Exposures">Exposure now, per standby.</param>
/// <param name="BlindSpots">What the probes are not fit to see (<see cref="FitToSee"/>).</param>
public sealed record TierFacts(
    DateTimeOffset Now,
    bool IsSandbox,
    AvailabilityFigure CalendarYear,
    AvailabilityFigure Rolling,
    IReadOnlyList<DemonstratedRecord> Records,
    IReadOnlyList<Exposure> Exposures,
    IReadOnlyList<string> BlindSpots)
{
    /// <summary>Whether each record still speaks for the system (rule 10), by run; one that is absent is fresh.</summary>
    public IReadOnlyDictionary<long, RecordAge> Ages { get; init; } = new Dictionary<long, RecordAge>();

    /// <summary>The system has backups and no replication: a restore is its recovery.</summary>
    public bool BackupOnly { get; init; }

    /// <summary>An interruption that goes on; null while the system serves.</summary>
    public RunningRecovery? Running { get; init; }

    /// <summary>The worst exposure of the window per standby, where it is known (rule 7).</summary>
    public IReadOnlyDictionary<string, StandbyWindow> Windows { get; init; } = new Dictionary<string, StandbyWindow>();

    /// <summary>Proof of synchronous commit per standby (rule 8).</summary>
    public IReadOnlyDictionary<string, SynchronyProof> Synchrony { get; init; } = new Dictionary<string, SynchronyProof>();

    /// <summary>An attested policy sets 服务时间口径 for the availability verdict (rule 2); null where 全时口径 decides.</summary>
    public string? ServiceTimePolicy { get; init; }

    /// <summary>Why a policy that is in force does not decide the year: it does not speak for all of it. Null where it does, and where there is none.</summary>
    public string? LatePolicy { get; init; }

    /// <summary>Hash of the intervals the yearly figures rest on; null where there is none.</summary>
    public string? IntervalsHash { get; init; }

    /// <summary>What an attested decision has raised tier 5's ceiling to (rule 7); null without one.</summary>
    public TimeSpan? RaisedCeiling { get; init; }
}

/// <summary>Exposure towards a standby over a window.</summary>
/// <param name="WorstSeconds">Null when none was known at any time.</param>
/// <param name="OverSeconds">Time over the limit.</param>
/// <param name="NotProtectedSeconds">Time in which nothing arrived at the standby.</param>
/// <param name="UnknownSeconds">Time in which nobody could tell.</param>
/// <param name="Continuous">Replication, never periodic copies (rule 7).</param>
/// <param name="Asynchronous">Commits do not wait for the standby: printed as 异步复制.</param>
public sealed record StandbyWindow(
    DateTimeOffset From, DateTimeOffset To, double? WorstSeconds, double OverSeconds, double NotProtectedSeconds, double UnknownSeconds, bool Continuous, bool Asynchronous)
{
    /// <summary>The first moment of it anybody looked; null when nobody did.</summary>
    public DateTimeOffset? FirstSeen { get; init; } = From;

    /// <summary>What is not known since the first look: a standby that was declared later is judged by the time since.</summary>
    public double UnknownSinceFirstSeconds => Math.Max(0, UnknownSeconds - ((FirstSeen ?? From) - From).TotalSeconds);
}

/// <summary>Whether every commit of the window waited for the standby (rule 8), as intervals and not as a sample.</summary>
/// <param name="Proved">For the whole window.</param>
/// <param name="Broken">It surely was not for some of it; neither means that it is not known.</param>
/// <param name="Attested">The engine cannot be asked: a person states it.</param>
/// <param name="Reason">In words.</param>
public sealed record SynchronyProof(bool Proved, bool Broken, bool Attested, string Reason);
