using System.Globalization;

namespace DrOrchestrator.Plans;

/// <summary>Durations as people write them: a number and one of <c>ms s m h d</c>.</summary>
public static class Durations
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>What an error says is allowed.</summary>
    public const string Allowed = "a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h";

    /// <summary>Reads <paramref name="text"/>; false for anything else, for negative numbers and beyond 10,000 days.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        foreach (var (unit, milliseconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number >= 0
                && number * milliseconds <= 10_000d * 86_400_000)
            {
                value = TimeSpan.FromMilliseconds(number * milliseconds);
                return true;
            }
        }

        return false;
    }

    /// <summary>The shortest way to write it: <c>500ms</c>, <c>1.5s</c>, <c>4h</c>.</summary>
    public static string Format(TimeSpan value)
    {
        foreach (var (unit, milliseconds) in Units.Reverse())
        {
            var number = value.TotalMilliseconds / milliseconds;
            if (number >= 1 && (unit is "ms" || number == Math.Round(number, 3)))
            {
                return number.ToString("0.###", CultureInfo.InvariantCulture) + unit;
            }
        }

        return value.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) + "ms";
    }
}
