using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>freezes:</c>.</summary>
internal static class FreezeReader
{
    private const string YearlyAllowed = "a first and a last day of every year, such as 12-25..01-05";
    private const string DateAllowed = "a date such as 2026-10-01";

    public static Freeze Freeze(StrictMap map, EstateScope scope, string timeZone)
    {
        var name = map.Name("name");
        var days = Days(map);
        var systems = map.Scalars("systems", required: false).Select(system => scope.Systems.Resolve(system, scope.Problems)).ToList();
        var reason = map.Text("reason");
        var signer = map.Text("signer");
        return new Freeze(name, days, systems, reason, signer, map.Has("time-zone") ? map.TimeZone() : Asked(map, timeZone));
    }

    /// <summary>Either <c>yearly</c>, or <c>from</c> and <c>to</c>.</summary>
    private static FreezeDays Days(StrictMap map)
    {
        var isYearly = map.Has("yearly");
        if (isYearly)
        {
            foreach (var key in (string[])["from", "to"])
            {
                if (map.Node(key) is { } both)
                {
                    map.Problems.Add(both.Place, $"'{key}' beside 'yearly'", "'yearly', or 'from' and 'to'", "Keep one of the two forms.");
                }
            }

            return map.Parse<FreezeDays>("yearly", YearlyAllowed, TryParseYearly, Never);
        }

        map.Node("yearly");
        var from = map.Parse<DateOnly>("from", DateAllowed, TryParseDate, default);
        var to = map.Parse<DateOnly>("to", DateAllowed, TryParseDate, default);
        if (from != default && to != default && to < from)
        {
            map.Problems.Add(map.PlaceOf("to"), string.Create(CultureInfo.InvariantCulture, $"'to' is {to:yyyy-MM-dd}"), string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd} or later"), "A freeze ends on or after the day it begins.");
        }

        return new FreezeDays.Once(from, to);
    }

    private static FreezeDays Never { get; } = new FreezeDays.Once(default, default);

    private static string Asked(StrictMap map, string otherwise)
    {
        map.Node("time-zone");
        return otherwise;
    }

    private static bool TryParseYearly(string text, [MaybeNullWhen(false)] out FreezeDays days)
    {
        var parts = text.Split("..");
        days = parts.Length == 2 && DayOfYear.TryParse(parts[0].Trim(), out var from) && DayOfYear.TryParse(parts[1].Trim(), out var to) ? new FreezeDays.Yearly(from, to) : null;
        return days is not null;
    }

    private static bool TryParseDate(string text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
