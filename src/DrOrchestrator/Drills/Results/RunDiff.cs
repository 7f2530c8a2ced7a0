namespace DrOrchestrator.Drills.Results;

/// <summary>Two runs side by side; the first is the one that is compared with.</summary>
/// <param name="Phases">Phases of the recovery time of the unplanned switch, in order.</param>
/// <param name="PlannedPhases">Of the planned switch back.</param>
/// <param name="Steps">Every step of either plan, in the order of the second, removed ones last.</param>
public sealed record RunDiff(RunSide A, RunSide B, IReadOnlyList<PhaseDiff> Phases, IReadOnlyList<PhaseDiff> PlannedPhases, IReadOnlyList<StepDiff> Steps)
{
    /// <summary>False when the second run was made by another text of the plan, or another plan.</summary>
    public bool SamePlan => A.PlanHash == B.PlanHash;
}

/// <summary>One of the two.</summary>
/// <param name="RtoSeconds">Demonstrated recovery time, upper bound; null where none was measured.</param>
/// <param name="Forecast">What was expected when it was opened; null for runs of before that was put on record.</param>
/// <param name="ForecastErrorSeconds">Measured less expected.</param>
/// <param name="Unreadable">Why its plan cannot be read any more, so that its steps are not known; null where they are.</param>
public sealed record RunSide(
    long Id,
    string Plan,
    string PlanHash,
    string Mode,
    string Kind,
    string Strength,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    string Outcome,
    double? RtoSeconds,
    long? Lost,
    RunForecast? Forecast,
    double? ForecastErrorSeconds,
    string? Unreadable);

/// <summary>A phase in both; null where a run did not reach it.</summary>
public sealed record PhaseDiff(string Phase, double? SecondsA, double? SecondsB, double? DeltaSeconds);

/// <summary>What is different about a step.</summary>
public enum StepMark
{
    /// <summary>slower: it took longer by more than the noise.</summary>
    Slower,

    /// <summary>faster: it took less by more than the noise.</summary>
    Faster,

    /// <summary>changed: the plans say something else of it.</summary>
    Changed,

    /// <summary>new: only the second plan has it.</summary>
    New,

    /// <summary>removed: only the first plan has it.</summary>
    Removed,

    /// <summary>skipped: one of the runs ended without beginning it.</summary>
    Skipped,

    /// <summary>outcome-changed: it ended otherwise.</summary>
    OutcomeChanged,
}

/// <summary>A step in both.</summary>
/// <param name="StateA">As in <see cref="StepView"/>, <c>skipped</c> where a closed run never began it; null where the plan does not have it.</param>
/// <param name="SecondsA">From its first beginning to its last end; null unless it was done.</param>
/// <param name="DeltaSeconds">Second less first; null unless both were done.</param>
/// <param name="Ratio">Second by first; null unless both were done and the first took any time.</param>
/// <param name="Marks">Empty where nothing is different.</param>
public sealed record StepDiff(
    string Step,
    bool WayBack,
    string? StateA,
    string? StateB,
    double? SecondsA,
    double? SecondsB,
    double? DeltaSeconds,
    double? Ratio,
    IReadOnlyList<StepMark> Marks,
    IReadOnlyList<StepChange> Changes);

/// <summary>What a plan says otherwise of a step: <c>with.for</c>, <c>timeout</c>, <c>kind</c>.</summary>
/// <param name="Was">Null where the first plan does not say it.</param>
/// <param name="Is">Null where the second does not.</param>
public sealed record StepChange(string What, string? Was, string? Is);

/// <summary>Compares runs.</summary>
public interface IRunDiffs
{
    /// <summary>The two side by side, by the texts of the plans they were opened with; null where one of them does not exist.</summary>
    Task<RunDiff?> OfAsync(long a, long b, CancellationToken cancellationToken);
}
