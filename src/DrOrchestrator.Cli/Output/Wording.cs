using System.Globalization;

namespace DrOrchestrator.Cli.Output;

/// <summary>Figures as people read them at night: few digits, always a unit, <c>unknown</c> instead of a blank.</summary>
internal static class Wording
{
    public static string Milliseconds(double? value) => value is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms") : "unknown";

    /// <summary><c>0.0 s</c> to <c>599.9 s</c>, then <c>12 min</c>, <c>4 h</c>.</summary>
    public static string Seconds(double value) => value switch
    {
        < 600 => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{value / 60:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value / 3600:0.#} h"),
    };

    public static string Seconds(TimeSpan? value) => value is { } span ? Seconds(span.TotalSeconds) : "unknown";

    public static string Percent(double? value) => value is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(percent * 1000) / 1000:0.000}%") : "unknown";

    public static string Moment(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset value) => value.UtcDateTime.ToString("HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>AtRisk</c>, <c>atRisk</c> and <c>at-risk</c> are one word: <c>at-risk</c>.</summary>
    public static string Kebab(string word) => string.Concat(
        word.Select((character, index) => char.IsUpper(character) ? (index > 0 && word[index - 1] != '-' ? "-" : "") + char.ToLowerInvariant(character) : character.ToString()));
}
