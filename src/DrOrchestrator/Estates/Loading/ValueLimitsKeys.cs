using System.Globalization;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Limits of a number as keys: <c>at-least</c>, <c>at-most</c>, <c>equals</c>.</summary>
internal static class ValueLimitsKeys
{
    public static IReadOnlyList<string> All { get; } = ["at-least", "at-most", "equals"];

    public static ValueLimits Read(StrictMap map)
    {
        var limits = new ValueLimits(Number(map, "at-least"), Number(map, "at-most"), Number(map, "equals"));
        if (limits.Exactly is not null && (limits.AtLeast ?? limits.AtMost) is not null)
        {
            map.Problems.Add(map.PlaceOf("equals"), "'equals' beside 'at-least' or 'at-most'", "one of the two", "Keep one of them.");
        }
        else if (limits.AtLeast > limits.AtMost)
        {
            map.Problems.Add(map.PlaceOf("at-least"), "'at-least' is above 'at-most'", "at-least up to at-most", "No value fits both; correct one.");
        }

        return limits;
    }

    private static double? Number(StrictMap map, string key) => map.Parse<double?>(key, "a number, such as 3, -1 or 0.95", TryNumber, null, required: false);

    private static bool TryNumber(string text, out double? number)
    {
        number = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
        return number is not null;
    }
}
