using System.Globalization;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Numbers and moments as people read them.</summary>
internal static class Figures
{
    public static string Moment(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset at) => at.ToUniversalTime().ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);

    /// <summary>Three figures that mean something: <c>0.42 s</c>, <c>12.3 s</c>, <c>4 min 10 s</c>, <c>9 h 2 min</c>, <c>3 d 4 h</c>; in Chinese with Chinese units.</summary>
    public static string Span(TimeSpan span, Language language) => language == Language.Chinese ? SpanUnits.Translate(Span(span))! : Span(span);

    public static string Seconds(double seconds, Language language) => Span(TimeSpan.FromSeconds(seconds), language);

    /// <summary>Enough digits to tell five nines from four, never rounded up to 100.</summary>
    public static string Percent(double percent)
    {
        var cut = Math.Floor(percent * 10_000) / 10_000;
        return cut.ToString("0.####", CultureInfo.InvariantCulture) + "%";
    }

    public static string Milliseconds(double milliseconds, Language language) =>
        string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.#} {(language == Language.Chinese ? "毫秒" : "ms")}");

    private static string Span(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "-" + Span(-span),
        { TotalSeconds: 0 } => "0 s",
        { TotalSeconds: < 0.0995 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms"),
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.##} s"),
        { TotalSeconds: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        { TotalHours: < 1 } => Pair((long)span.TotalMinutes, "min", span.Seconds, "s"),
        { TotalDays: < 1 } => Pair((long)span.TotalHours, "h", span.Minutes, "min"),
        _ => Pair((long)span.TotalDays, "d", span.Hours, "h"),
    };

    private static string Pair(long large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit}") : string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit} {small} {smallUnit}");
}
