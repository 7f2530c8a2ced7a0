using System.Globalization;

namespace DrOrchestrator.Compliance;

/// <summary>Figures as people read them.</summary>
internal static class Figures
{
    private static readonly (string One, string Many, double Seconds)[] Units =
        [("day", "days", 86_400), ("hour", "hours", 3_600), ("minute", "minutes", 60), ("second", "seconds", 1)];

    /// <summary>The largest whole unit, rounded down: what was observed is never overstated.</summary>
    public static string Roughly(TimeSpan span)
    {
        var (one, many, seconds) = Units.FirstOrDefault(u => span.TotalSeconds >= u.Seconds, Units[^1]);
        var count = Math.Floor(span.TotalSeconds / seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{count:0} {(count == 1 ? one : many)}");
    }

    /// <summary><c>12.3 s</c>, <c>4 h</c>, <c>1 d 2 h</c>: two units at most; below two minutes in seconds with up to three digits.</summary>
    public static string Span(TimeSpan span)
    {
        if (span.TotalSeconds < 120)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
        }

        (long Count, string Unit)[] parts = [(span.Days, "d"), (span.Hours, "h"), (span.Minutes, "min"), (span.Seconds, "s")];
        return string.Join(' ', parts.SkipWhile(p => p.Count == 0).Take(2).Where(p => p.Count > 0)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count} {p.Unit}")));
    }

    /// <summary>Five digits, which tell 99.999 from 99.99901; rounded down, so that no figure looks better than it is.</summary>
    public static string Percent(double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(percent * 100_000) / 100_000:0.#####}%");
}
