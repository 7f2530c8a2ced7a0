namespace DrOrchestrator.Estates;

/// <summary>An entry of the calendar. <c>drill-overdue</c>: a finding when no run of <see cref="Plan"/> closed within <see cref="Within"/>.</summary>
/// <param name="Kind">Only <c>drill-overdue</c> so far.</param>
/// <param name="Cron">Quartz cron expression.</param>
/// <param name="TimeZone">IANA name; UTC by default.</param>
public sealed record CalendarEntry(string Name, string Kind, string System, string Plan, string Cron, string TimeZone, TimeSpan Within);
