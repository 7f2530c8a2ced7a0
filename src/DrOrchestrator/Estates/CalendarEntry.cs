namespace DrOrchestrator.Estates;

/// <summary>An entry of the calendar (年度演练计划): what is due at which times.</summary>
/// <param name="Kind">A word of <see cref="CalendarKinds"/>.</param>
/// <param name="System">Of <c>drill-overdue</c>; empty for the other kinds, which are for all systems of their plan.</param>
/// <param name="Cron">Quartz cron expression.</param>
/// <param name="TimeZone">IANA name; UTC by default. What a change of its clocks does: <see cref="CalendarTimes"/>.</param>
/// <param name="Within">Of <c>drill-overdue</c>; zero for the other kinds.</param>
public sealed record CalendarEntry(string Name, string Kind, string System, string Plan, string Cron, string TimeZone, TimeSpan Within)
{
    /// <summary>How a scheduled drill runs: <c>tabletop</c>, <c>rehearsal</c> or <c>live</c>, never <c>real</c>; null for kinds that open no run.</summary>
    public string? Mode { get; init; }

    /// <summary>Id of the person in whose name a scheduled run is asked for, so that this person cannot approve it; null for kinds that open no run.</summary>
    public string? Requester { get; init; }

    /// <summary>Why the run is made; goes on record with it. Null: the entry's name says it.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether its time opens a run.</summary>
    public bool OpensRuns => Kind is CalendarKinds.Drill or CalendarKinds.RestoreCheck;
}

/// <summary>The kinds of calendar entries.</summary>
public static class CalendarKinds
{
    /// <summary>A finding when no run of the plan closed within the period.</summary>
    public const string DrillOverdue = "drill-overdue";

    /// <summary>Opens a run of a plan, which then waits for its approvals.</summary>
    public const string Drill = "drill";

    /// <summary>Reads all gates of a plan and puts the results on record: could we switch now?</summary>
    public const string Gates = "gates";

    /// <summary>As <see cref="Drill"/>, for plans of kind <c>restore</c> (恢复验证).</summary>
    public const string RestoreCheck = "restore-check";

    /// <summary>All words.</summary>
    public static IReadOnlyList<string> All { get; } = [DrillOverdue, Drill, Gates, RestoreCheck];
}
