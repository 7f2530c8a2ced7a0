using System.Globalization;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Calendars;

/// <summary>Sentences of the calendar, for records, alerts and pages. Pure.</summary>
internal static class CalendarWords
{
    /// <summary><c>2026-11-22 08:00 Asia/Shanghai</c>.</summary>
    public static string Due(DateTimeOffset fireTime, string timeZone) =>
        string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(fireTime, TimeZoneInfo.FindSystemTimeZoneById(timeZone)):yyyy-MM-dd HH:mm} {timeZone}");

    /// <summary>That a time was missed, and what to do.</summary>
    public static string Missed(KeptSchedule kept, DateTimeOffset fireTime) => kept.Kind == CalendarKinds.Gates
        ? $"The gates of plan {kept.Plan} due {Due(fireTime, kept.TimeZone)} were not read: no server was there to do it. They are read at the next time."
        : $"The {Noun(kept.Kind)} of plan {kept.Plan} due {Due(fireTime, kept.TimeZone)} was missed: no server was there to open it. It does not start late by itself; start it by hand: dro drill start {kept.Plan} --mode {kept.Mode}";

    /// <summary>That a run was not opened, and why.</summary>
    public static string NotOpened(CalendarEntry entry, DateTimeOffset fireTime, string reason) =>
        $"The {Noun(entry.Kind)} of plan {entry.Plan} due {Due(fireTime, entry.TimeZone)} was not opened: {reason}";

    /// <summary>That a freeze kept it from opening.</summary>
    public static string Frozen(CalendarEntry entry, DateTimeOffset fireTime, Freeze freeze) => string.Create(
        CultureInfo.InvariantCulture,
        $"The {Noun(entry.Kind)} of plan {entry.Plan} due {Due(fireTime, entry.TimeZone)} was frozen by {freeze.Name} until {freeze.LastDay(fireTime):yyyy-MM-dd}, decided by {freeze.Signer}: {freeze.Reason}");

    private static string Noun(string kind) => kind == CalendarKinds.RestoreCheck ? "restore check" : "drill";
}
