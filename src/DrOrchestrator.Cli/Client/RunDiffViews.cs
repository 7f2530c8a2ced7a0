using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Cli.Client;

// What a client reads of GET /drills/{id}/diff/{other}; see Views.cs.

/// <summary>Two runs side by side.</summary>
internal sealed record RunDiffView(RunSideView A, RunSideView B)
{
    public bool SamePlan { get; init; } = true;

    public IReadOnlyList<PhaseDiff> Phases { get; init; } = [];

    public IReadOnlyList<PhaseDiff> PlannedPhases { get; init; } = [];

    public IReadOnlyList<StepDiffView> Steps { get; init; } = [];
}

/// <summary>One of the two.</summary>
internal sealed record RunSideView(
    long Id,
    string Plan,
    string PlanHash,
    string Mode,
    DateTimeOffset OpenedAt,
    string Outcome,
    double? RtoSeconds,
    long? Lost,
    RunForecast? Forecast,
    double? ForecastErrorSeconds,
    string? Unreadable);

/// <summary>A step in both; marks are words.</summary>
internal sealed record StepDiffView(
    string Step, bool WayBack, string? StateA, string? StateB, double? SecondsA, double? SecondsB, double? DeltaSeconds, double? Ratio, IReadOnlyList<string> Marks, IReadOnlyList<StepChange> Changes);
