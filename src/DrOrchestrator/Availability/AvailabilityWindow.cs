using System.Globalization;

namespace DrOrchestrator.Availability;

/// <summary>A window of time with a name. A calendar window that still runs ends now; <see cref="WholeTo"/> says when it will be over.</summary>
/// <param name="Name"><c>today</c>, <c>7-days</c>, <c>30-days</c>, <c>month</c>, <c>quarter</c>, <c>year</c>, <c>last-year</c>, <c>rolling-365-days</c>, a year, a month, or <c>custom</c>.</param>
/// <param name="WholeTo">End of the whole window; equal to <paramref name="To"/> where it is over.</param>
public sealed record AvailabilityWindow(string Name, DateTimeOffset From, DateTimeOffset To, DateTimeOffset WholeTo)
{
    /// <summary>True when nothing of it lies ahead.</summary>
    public bool IsOver => WholeTo <= To;

    /// <summary>The calendar day of the zone.</summary>
    public static AvailabilityWindow Today(DateTimeOffset now, string zone) => Dates("today", now, zone, ZoneTime.DateAt(zone, now), date => date.AddDays(1));

    /// <summary>The last <paramref name="days"/> times 24 hours.</summary>
    public static AvailabilityWindow Rolling(DateTimeOffset now, int days) =>
        new(days == 365 ? "rolling-365-days" : string.Create(CultureInfo.InvariantCulture, $"{days}-days"), now.AddDays(-days), now, now);

    /// <summary>The calendar month of the zone.</summary>
    public static AvailabilityWindow Month(DateTimeOffset now, string zone) => Month("month", now, zone, ZoneTime.DateAt(zone, now).Year, ZoneTime.DateAt(zone, now).Month);

    /// <summary>The calendar quarter of the zone.</summary>
    public static AvailabilityWindow Quarter(DateTimeOffset now, string zone)
    {
        var today = ZoneTime.DateAt(zone, now);
        return Dates("quarter", now, zone, new DateOnly(today.Year, (3 * ((today.Month - 1) / 3)) + 1, 1), date => date.AddMonths(3));
    }

    /// <summary>The calendar year of the zone that <paramref name="now"/> lies in.</summary>
    public static AvailabilityWindow Year(DateTimeOffset now, string zone) => Year("year", now, zone, ZoneTime.DateAt(zone, now).Year);

    /// <summary>The calendar year before.</summary>
    public static AvailabilityWindow LastYear(DateTimeOffset now, string zone) => Year("last-year", now, zone, ZoneTime.DateAt(zone, now).Year - 1);

    /// <summary>A calendar year by its number; as far as <paramref name="now"/> where it still runs.</summary>
    public static AvailabilityWindow Year(DateTimeOffset now, string zone, int year) => Year(string.Create(CultureInfo.InvariantCulture, $"{year}"), now, zone, year);

    /// <summary>A calendar month.</summary>
    public static AvailabilityWindow Month(DateTimeOffset now, string zone, int year, int month) =>
        Month(string.Create(CultureInfo.InvariantCulture, $"{year}-{month:00}"), now, zone, year, month);

    /// <summary>Any two moments; the future is cut off.</summary>
    public static AvailabilityWindow Custom(DateTimeOffset now, DateTimeOffset from, DateTimeOffset to) => new("custom", from, Earlier(now, to), to);

    /// <summary>All standing windows, shortest first.</summary>
    public static IReadOnlyList<AvailabilityWindow> All(DateTimeOffset now, string zone) =>
        [Today(now, zone), Rolling(now, 7), Rolling(now, 30), Month(now, zone), Quarter(now, zone), Year(now, zone), LastYear(now, zone), Rolling(now, 365)];

    private static AvailabilityWindow Year(string name, DateTimeOffset now, string zone, int year) => Dates(name, now, zone, new DateOnly(year, 1, 1), date => date.AddYears(1));

    private static AvailabilityWindow Month(string name, DateTimeOffset now, string zone, int year, int month) =>
        Dates(name, now, zone, new DateOnly(year, month, 1), date => date.AddMonths(1));

    private static AvailabilityWindow Dates(string name, DateTimeOffset now, string zone, DateOnly first, Func<DateOnly, DateOnly> next)
    {
        var (from, to) = (ZoneTime.StartOf(zone, first), ZoneTime.StartOf(zone, next(first)));
        return new AvailabilityWindow(name, from, Earlier(now, to), to);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
