using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>service-calendars:</c> and time zones.</summary>
internal static class ServiceCalendarReader
{
    private const string HoursAllowed = "hours such as 08:00-18:00, 00:00-24:00 or, over midnight, 22:00-02:00";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static ServiceCalendar Calendar(StrictMap map)
    {
        var name = map.Name("name");
        var zone = map.TimeZone(required: true);
        var hours = new Dictionary<DayOfWeek, IReadOnlyList<ServiceHours>>();
        if (map.Map("hours", required: true, "hours by day") is { } week)
        {
            Week(week, hours);
        }

        var exceptions = new Dictionary<DateOnly, IReadOnlyList<ServiceHours>>();
        _ = StrictMap.ReadAll(map.Items("exceptions", required: false), "an exception", map.Problems, item => Exception(item, exceptions));
        return new ServiceCalendar(name, zone, hours, exceptions);
    }

    /// <summary>The calendar that <c>working-days</c> names; null where it names none.</summary>
    public static ServiceCalendar? WorkingDays(YamlScalar? named, IReadOnlyList<ServiceCalendar> calendars, EstateScope scope)
    {
        var calendar = calendars.FirstOrDefault(one => one.Name == scope.ServiceCalendars.Resolve(named, scope.Problems));
        if (calendar is not null && !calendar.Hours.Values.Any(hours => hours.Count > 0))
        {
            scope.Problems.Add(named!.Place, $"the service calendar {Problems.Quote(calendar.Name)} has no hours on any day of the week", "a calendar with working days", "Give its days hours.");
        }

        return calendar;
    }

    /// <summary>The key <c>time-zone</c>; UTC where it is absent or wrong.</summary>
    public static string TimeZone(this StrictMap map, bool required = false) =>
        map.Parse<string>("time-zone", "an IANA time zone such as UTC or Asia/Shanghai", TryParseZone, otherwise: "UTC", required);

    private static void Week(StrictMap week, Dictionary<DayOfWeek, IReadOnlyList<ServiceHours>> hours)
    {
        foreach (var (key, _) in week.Entries)
        {
            var read = Hours(week, key.Text);
            var days = DaysOf(key.Text);
            if (days.Count == 0)
            {
                week.Problems.AddWord(key.Place, $"the day {Problems.Quote(key.Text)}", key.Text, [.. Days, "mon-fri"], "Write a day, or two days with a hyphen.");
            }

            foreach (var day in days.Where(day => !hours.TryAdd(day, read)))
            {
                week.Problems.Add(key.Place, $"'{Days[((int)day + 6) % 7]}' a second time", "", "Keep one of the two.");
            }
        }
    }

    private static DateOnly Exception(StrictMap map, Dictionary<DateOnly, IReadOnlyList<ServiceHours>> exceptions)
    {
        var date = map.Parse<DateOnly>("date", "a date such as 2026-10-01", TryParseDate, default);
        map.OptionalText("reason");
        var hours = Hours(map, "hours");
        if (!exceptions.TryAdd(date, hours))
        {
            map.Problems.Add(map.PlaceOf("date"), $"'{date:yyyy-MM-dd}' a second time", "", "Keep one of the two.");
        }

        return date;
    }

    private static IReadOnlyList<ServiceHours> Hours(StrictMap map, string key)
    {
        var read = new List<ServiceHours>();
        foreach (var scalar in map.Scalars(key, required: false))
        {
            if (!TryParseHours(scalar.Text, out var hours))
            {
                map.Problems.Add(scalar.Place, $"'{key}' holds {Problems.Quote(scalar.Text)}", HoursAllowed, "Correct the hours.");
            }
            else if (read.Exists(other => hours.Start < other.End && other.Start < hours.End))
            {
                map.Problems.Add(scalar.Place, $"the hours {Problems.Quote(scalar.Text)} overlap others of the same day", "", "Join them.");
            }
            else
            {
                read.Add(hours);
            }
        }

        return [.. read.OrderBy(hours => hours.Start)];
    }

    private static List<DayOfWeek> DaysOf(string text)
    {
        var parts = text.Split('-');
        var (first, last) = (Array.IndexOf(Days, parts[0]), Array.IndexOf(Days, parts[^1]));
        return parts.Length > 2 || first < 0 || last < first ? [] : [.. Enumerable.Range(first, last - first + 1).Select(day => (DayOfWeek)((day + 1) % 7))];
    }

    private static bool TryParseHours(string text, out ServiceHours hours)
    {
        var parts = text.Split('-');
        hours = default;
        if (parts.Length != 2 || !TryParseTime(parts[0], out var start) || !TryParseTime(parts[1], out var end) || start == Day || start == end)
        {
            return false;
        }

        hours = new ServiceHours(start, end > start ? end : end + Day);
        return true;
    }

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        time = Day;
        return text == "24:00" || TimeSpan.TryParseExact(text, "hh\\:mm", CultureInfo.InvariantCulture, out time);
    }

    private static bool TryParseDate(string text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static bool TryParseZone(string text, [MaybeNullWhen(false)] out string zone)
    {
        zone = TimeZoneInfo.TryFindSystemTimeZoneById(text, out _) ? text : null;
        return zone is not null;
    }
}
