namespace DrOrchestrator.Cli.Client;

// What a client reads of the compliance parts of GET /status; see Views.cs.

/// <summary>RTO three ways.</summary>
internal sealed record RecoveryView
{
    public IReadOnlyList<DemonstratedView> Demonstrated { get; init; } = [];

    public IReadOnlyList<ForecastView> Forecasts { get; init; } = [];

    public RunningView? Running { get; init; }
}

/// <summary>A passed run.</summary>
internal sealed record DemonstratedView(long Run, string Plan, string Kind, DateTimeOffset ClosedAt, double? RtoSeconds, bool Planned, string? NotForRto, AgeView? Age);

/// <summary>Whether a run still speaks for the system.</summary>
internal sealed record AgeView(bool IsStale, DateTimeOffset? AssessBy, string? Reason);

/// <summary>A forecast of a recovery.</summary>
internal sealed record ForecastView(string Plan, TimeSpan? P50, TimeSpan? P95, TimeSpan Detection, TimeSpan Decision, string? Reason)
{
    public IReadOnlyList<ForecastStepView> CriticalPath { get; init; } = [];

    public IReadOnlyList<string> NeverRun { get; init; } = [];

    public double? LastErrorSeconds { get; init; }

    public long? LastErrorRun { get; init; }
}

/// <summary>A step of the critical path.</summary>
internal sealed record ForecastStepView(string Step, TimeSpan P50, int Runs, bool ByPeople);

/// <summary>The clock of an interruption.</summary>
internal sealed record RunningView(TimeSpan Elapsed, TimeSpan? Limit, DateTimeOffset? LimitAt, DateTimeOffset? ProjectedEnd, long? Run, bool Exceeds);

/// <summary>Availability over a window.</summary>
internal sealed record WindowView(string Window, WindowFigureView Figure);

/// <summary>Its figures.</summary>
internal sealed record WindowFigureView(double? Percent, double LowerPercent, double UpperPercent, double CoveragePercent, TimeSpan Down, TimeSpan Degraded, TimeSpan Maintenance)
{
    public ServiceFigureView? Service { get; init; }
}

/// <summary>The same over committed service time.</summary>
internal sealed record ServiceFigureView(double? Percent);

/// <summary>What is left of the yearly downtime.</summary>
internal sealed record BudgetView(TimeSpan Allowed, TimeSpan Left, TimeSpan LeftAtLeast, DateOnly? RunsOutOn);

/// <summary>Exposure over the last 365 days.</summary>
internal sealed record ExposureYearView(double? WorstSeconds, double OverLowestSeconds, double OverHighestSeconds, double UnseenSeconds, double UnknownSeconds = 0);

/// <summary>Quality of service.</summary>
internal sealed record QosView
{
    public IReadOnlyList<QosRowView> Rows { get; init; } = [];

    public IReadOnlyList<QosPeriodView> Periods { get; init; } = [];

    public bool ReviewOverdue { get; init; }
}

/// <summary>What was measured over a window.</summary>
internal sealed record QosPeriodView(string Window, DateTimeOffset From, DateTimeOffset To, DateTimeOffset? Since, double CoveragePercent)
{
    public IReadOnlyList<QosRowView> Rows { get; init; } = [];
}

/// <summary>One figure.</summary>
internal sealed record QosRowView(string Figure, string Unit, double? Forecast, double? Target, double? Floor, double? Measured, bool BelowTarget, bool BelowFloor, string? QuantileWord = null)
{
    public string Key => $"{Figure} {QuantileWord}";
}

/// <summary>A finding of the estate.</summary>
internal sealed record FindingView(string Clause, string Text, string Remedy);

/// <summary>An alert that holds.</summary>
internal sealed record AlertView(long Id, string Kind, string Severity, string Text, DateTimeOffset RaisedAt);
