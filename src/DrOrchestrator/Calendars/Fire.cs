using DrOrchestrator.Drills;

namespace DrOrchestrator.Calendars;

/// <summary>What became of a time of the calendar.</summary>
public enum FireOutcome
{
    /// <summary>finding: a drill was overdue.</summary>
    Finding,

    /// <summary>opened: a run was opened, and waits for its approvals.</summary>
    Opened,

    /// <summary>refused: no run was opened, for the reason given.</summary>
    Refused,

    /// <summary>missed: nobody looked at that time; nothing is made up for.</summary>
    Missed,

    /// <summary>frozen: a freeze was in force.</summary>
    Frozen,

    /// <summary>passed: all gates passed.</summary>
    Passed,

    /// <summary>not-passed: a gate did not.</summary>
    NotPassed,
}

/// <summary>A time of the calendar and what became of it.</summary>
/// <param name="Run">The run it opened; null for other outcomes.</param>
/// <param name="Text">The same for people.</param>
/// <param name="Gates">Of the kind <c>gates</c>: every result; empty for other kinds.</param>
/// <param name="At">When that was put on record.</param>
public sealed record Fire(string Schedule, DateTimeOffset FireTime, FireOutcome Outcome, long? Run, string Text, IReadOnlyList<GateResult> Gates, DateTimeOffset At);

/// <summary>A schedule as it was put in force.</summary>
/// <param name="Systems">The systems of its plan then.</param>
/// <param name="Since">Its times count from here on.</param>
public sealed record KeptSchedule(string Name, string Kind, string Plan, IReadOnlyList<string> Systems, string? Mode, string Cron, string TimeZone, DateTimeOffset Since)
{
    /// <summary>Whether two of them would fire at the same times for the same thing.</summary>
    public bool IsSameAs(KeptSchedule other) =>
        (Kind, Plan, Mode, Cron, TimeZone) == (other.Kind, other.Plan, other.Mode, other.Cron, other.TimeZone) && Systems.SequenceEqual(other.Systems);
}
