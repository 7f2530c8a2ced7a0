using DrOrchestrator.Drills;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Calendars;

/// <summary>A drill that is overdue (逾期).</summary>
/// <param name="Schedule">Name of the calendar entry.</param>
/// <param name="NewestRun">The newest run that counts, or null when there never was one.</param>
/// <param name="Finding">For people, with what to do.</param>
public sealed record OverdueDrill(
    string Schedule,
    string System,
    string Plan,
    TimeSpan Within,
    long? NewestRun,
    DateTimeOffset? NewestClosedAt,
    string Finding);

/// <summary>Decides what is overdue. Pure.</summary>
public static class OverdueDrills
{
    /// <summary>
    /// Null when a run of the plan for the system closed within the period. Failed runs count, because frequency counts every drill carried out; aborted ones were
    /// not carried out and do not, nor does a tabletop or a rehearsal, in which nothing was switched.
    /// </summary>
    public static OverdueDrill? Judge(CalendarEntry entry, IReadOnlyList<RunView> runs, DateTimeOffset now)
    {
        var newest = runs
            .Where(run => run.Plan == entry.Plan && run.Systems.Contains(entry.System) && run.ClosedAt is not null && IsCarriedOut(run) && run.Mode is not ("tabletop" or "rehearsal"))
            .MaxBy(run => run.ClosedAt);
        if (newest?.ClosedAt >= now - entry.Within)
        {
            return null;
        }

        var period = Plans.Durations.Format(entry.Within);
        var finding = newest is null
            ? $"No run of plan {entry.Plan} for {entry.System} has ever closed; one is due every {period}."
            : $"The newest run of plan {entry.Plan} for {entry.System} is run {newest.Id}, closed {newest.ClosedAt:yyyy-MM-dd HH:mm} UTC; one is due every {period}.";
        return new(entry.Name, entry.System, entry.Plan, entry.Within, newest?.Id, newest?.ClosedAt, $"{finding} Start one: dro drill start {entry.Plan}");
    }

    /// <summary>A run that was stopped, or gave way to a real one, is no drill that was carried out; one that failed is.</summary>
    internal static bool IsCarriedOut(RunView run) => run.Outcome is not ("aborted" or "pre-empted");

    /// <summary>Everything of the calendar that is overdue now.</summary>
    public static IReadOnlyList<OverdueDrill> All(Estate estate, IReadOnlyList<RunView> runs, DateTimeOffset now) =>
        [.. estate.Calendars.Where(entry => entry.Kind == CalendarKinds.DrillOverdue).Select(entry => Judge(entry, runs, now)).OfType<OverdueDrill>()];
}
