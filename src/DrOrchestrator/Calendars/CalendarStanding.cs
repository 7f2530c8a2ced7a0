using DrOrchestrator.Drills;

namespace DrOrchestrator.Calendars;

/// <summary>The calendar as it stands (年度演练计划).</summary>
/// <param name="At">As of when what is on record was read; next times are counted from here.</param>
/// <param name="Freezes">Every freeze of the estate, those in force first.</param>
public sealed record CalendarStanding(DateTimeOffset At, IReadOnlyList<CalendarLine> Entries, IReadOnlyList<FreezeStanding> Freezes)
{
    /// <summary>Before anything was read.</summary>
    public static CalendarStanding None { get; } = new(DateTimeOffset.MinValue, [], []);

    /// <summary>The next drill of a system; null where none is planned.</summary>
    public NextDrill? NextDrillOf(string system) => Entries
        .Where(entry => entry.Mode is not null && entry.Systems.Contains(system) && entry.Next.Count > 0)
        .MinBy(entry => entry.Next[0].At) is { } first
            ? new NextDrill(first.Name, first.Plan, first.Mode!, first.Next[0].At, first.Next[0].FrozenBy)
            : null;
}

/// <summary>An entry: what is next, what was last, what was missed.</summary>
/// <param name="Kind">Word of the kind.</param>
/// <param name="Next">The next times, by the clock of the entry's zone.</param>
/// <param name="Last">The newest time on record; null where there is none.</param>
/// <param name="Missed">Missed times among the newest on record, newest first.</param>
/// <param name="Standing">A missed or refused drill that no run of the plan has made up for yet; null where there is none.</param>
/// <param name="Overdue">Of kind <c>drill-overdue</c>: what is overdue now.</param>
/// <param name="Readiness">Of kind <c>gates</c>: could we switch now.</param>
public sealed record CalendarLine(
    string Name,
    string Kind,
    string Plan,
    IReadOnlyList<string> Systems,
    string? Mode,
    string? Requester,
    string Cron,
    string TimeZone,
    IReadOnlyList<NextFire> Next,
    Fire? Last,
    IReadOnlyList<Fire> Missed,
    Fire? Standing,
    OverdueDrill? Overdue,
    SwitchReadiness? Readiness);

/// <summary>A time that is to come.</summary>
/// <param name="At">With the offset of the entry's zone.</param>
/// <param name="FrozenBy">Name of the freeze that will hold then; null where none does, and for kinds that open no run.</param>
public sealed record NextFire(DateTimeOffset At, string? FrozenBy);

/// <summary>The next drill of a system that the calendar opens.</summary>
/// <param name="At">With the offset of the entry's zone.</param>
/// <param name="FrozenBy">As in <see cref="NextFire"/>.</param>
public sealed record NextDrill(string Schedule, string Plan, string Mode, DateTimeOffset At, string? FrozenBy);

/// <summary>A freeze.</summary>
/// <param name="Days">As declared: <c>12-25..01-05</c>.</param>
/// <param name="LastDay">Of the freeze in force, in its zone; null while it is not.</param>
public sealed record FreezeStanding(string Name, string Days, IReadOnlyList<string> Systems, string Reason, string Signer, string TimeZone, bool InForce, DateOnly? LastDay);

/// <summary>Whether a plan could be started now.</summary>
public enum CanSwitch
{
    /// <summary>yes: all gates passed, and that is still good.</summary>
    Yes,

    /// <summary>no: a gate did not pass.</summary>
    No,

    /// <summary>unknown: the gates were not read, or too long ago.</summary>
    Unknown,
}

/// <summary>Could we switch now? What the gates of a plan said when the calendar last had them read.</summary>
/// <param name="ReadAt">When they were read; null where they never were.</param>
/// <param name="ValidUntil">After this nobody can tell: they should have been read again.</param>
/// <param name="Gates">Every result of that reading.</param>
public sealed record SwitchReadiness(
    string Schedule, string Plan, IReadOnlyList<string> Systems, CanSwitch State, DateTimeOffset? ReadAt, DateTimeOffset? ValidUntil, string Reason, IReadOnlyList<GateResult> Gates);
