namespace DrOrchestrator.Cli.Client;

// What a client reads of GET /status: the fields it shows, and nothing it would break on when a newer server says more.

/// <summary>Every system now.</summary>
internal sealed record StatusView
{
    public DatabaseAwayView? DatabaseAway { get; init; }

    public string? Note { get; init; }

    public IReadOnlyList<OverdueView> Overdue { get; init; } = [];

    public IReadOnlyList<SystemView> Systems { get; init; } = [];

    public IReadOnlyList<VantageView> VantagePoints { get; init; } = [];
}

/// <summary>A vantage point now; <paramref name="Why"/> says why it does not vote.</summary>
internal sealed record VantageView(string Name, bool Decides, bool Votes, DateTimeOffset? HeardAt, int Controls, string? Why);

/// <summary>What the answer rests on while the server's database is away.</summary>
internal sealed record DatabaseAwayView(DateTimeOffset Since, DateTimeOffset AsOf);

/// <summary>A system now.</summary>
internal sealed record SystemView
{
    public DatabaseAwayView? DatabaseAway { get; init; }

    public string Name { get; init; } = "";

    public IReadOnlyDictionary<string, string> Title { get; init; } = new Dictionary<string, string>();

    public int RequiredTier { get; init; }

    public string Serving { get; init; } = "";

    public string State { get; init; } = "unknown";

    public DateTimeOffset? Since { get; init; }

    public string Reason { get; init; } = "";

    public double? LatencyMilliseconds { get; init; }

    public IReadOnlyList<SiteView> Sites { get; init; } = [];

    public AvailabilityView? Availability { get; init; }

    public IReadOnlyList<ExposureView> Exposures { get; init; } = [];

    public IReadOnlyList<VerdictView> Verdicts { get; init; } = [];

    public LastDrillView? LastDrill { get; init; }

    public RecoveryView Recovery { get; init; } = new();

    public IReadOnlyList<WindowView> Windows { get; init; } = [];

    public BudgetView? Budget { get; init; }

    public IReadOnlyDictionary<string, ExposureYearView> ExposureYears { get; init; } = new Dictionary<string, ExposureYearView>();

    public QosView Qos { get; init; } = new();

    public IReadOnlyList<FindingView> Findings { get; init; } = [];

    public IReadOnlyList<AlertView> Alerts { get; init; } = [];

    public IReadOnlyList<ReadinessView> Readiness { get; init; } = [];

    public NextDrillView? NextDrill { get; init; }

    public IReadOnlyList<VantageView> VantagePoints { get; init; } = [];
}

/// <summary>A site of a system.</summary>
internal sealed record SiteView(string Site, string Role, string State, DateTimeOffset? Since, double? LatencyMilliseconds, string? Reason);

/// <summary>Availability so far, in percent.</summary>
internal sealed record AvailabilityView(double? Percent, double LowerPercent, double UpperPercent, double CoveragePercent);

/// <summary>Exposure towards one standby.</summary>
internal sealed record ExposureView(string Standby, TimeSpan? Value, TimeSpan? Lowest, TimeSpan? Highest, string Replication, string? Reason);

/// <summary>A verdict with its numbers.</summary>
internal sealed record VerdictView(string Subject, string Verdict, string? Value, string? Limit, string? Reason, string? Note)
{
    public string? Rules { get; init; }

    public IReadOnlyList<string> Evidence { get; init; } = [];
}

/// <summary>The newest closed run.</summary>
internal sealed record LastDrillView(long Id, string Plan, string Outcome, DateTimeOffset? ClosedAt);

/// <summary>Answer of <c>GET /evidence/key</c>: the log's name and the key its checkpoints are signed with.</summary>
internal sealed record EvidenceKeyView(string Origin, string Fingerprint, string? VerifierKey);
