using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>RPO: exposure now and over the year, per standby, and the last day as a drawing that needs no script. Pure.</summary>
internal static class ExposureCard
{
    private const double Width = 1000;
    private const double Height = 90;

    public static Html Render(SystemReport system, IReadOnlyDictionary<string, IReadOnlyList<ExposureBucket>> series, Language language) => system.Exposures.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{ComplianceWords.RecoveryPoint.In(language)}</h2>
             <table><thead><tr><th>{Glossary.Standby.In(language)}</th><th class="n">{Glossary.Exposure.In(language)}</th><th>{Glossary.Replication.In(language)}</th><th class="n">{ComplianceWords.Year.In(language)}</th><th class="n">{ComplianceWords.Over.In(language)}</th><th class="n">{ComplianceWords.Unseen.In(language)}</th><th>{Glossary.Reason.In(language)}</th></tr></thead><tbody>
             {system.Exposures.Select(exposure => Row(exposure, system.ExposureYears.GetValueOrDefault(exposure.Standby), language))}
             </tbody></table>
             {system.Exposures.Where(exposure => series.GetValueOrDefault(exposure.Standby) is { Count: > 0 }).Select(exposure => Graph(exposure.Standby, series[exposure.Standby], system.Limits?.RpoCeiling, language))}
             </section>
             """);

    private static Html Row(Exposure exposure, ExposureWindow? year, Language language) => Html.Of(
        $"<tr><td>{Marks.Name(exposure.Standby)}</td><td class=\"n\">{(exposure.Value is { } value ? Figures.Span(value, language) : "–")}</td><td>{Marks.Of(exposure.Replication, language)}</td><td class=\"n\">{(year?.WorstSeconds is { } worst ? Figures.Seconds(worst, language) : "–")}</td><td class=\"n\">{(year is null ? "–" : Bounds(year, language))}</td><td class=\"n\">{(year is null ? "–" : Figures.Seconds(year.UnknownSeconds + year.UnseenSeconds, language))}</td><td>{Phrasebook.Say(exposure.Reason, language)}</td></tr>");

    /// <summary>Surely over the limit, and what may have been, with everything unknown counted as over.</summary>
    private static string Bounds(ExposureWindow year, Language language) =>
        $"{Figures.Seconds(year.OverLowestSeconds, language)} – {Figures.Seconds(year.OverHighestSeconds, language)}";

    /// <summary>Bars from the ground up; the limit as a line; grey where it was unknown or not protected.</summary>
    private static Html Graph(string standby, IReadOnlyList<ExposureBucket> buckets, TimeSpan? limit, Language language)
    {
        var (from, to) = (buckets[0].From, buckets[^1].To);
        var most = Math.Max(buckets.Max(bucket => bucket.WorstSeconds ?? 0), 0.001);
        var held = limit is { } known && known.TotalSeconds > 0 && known.TotalSeconds <= most * 4 ? known.TotalSeconds : (double?)null;
        var scale = Math.Max(most, held ?? 0) * 1.1;
        double X(DateTimeOffset at) => (at - from) / (to - from) * Width;
        var bars = buckets.Select(bucket =>
        {
            var (x, width) = (X(bucket.From), Math.Max(X(bucket.To) - X(bucket.From) - 0.6, 0.8));
            var isGap = bucket.UnknownSeconds + bucket.NotProtectedSeconds > 0;
            var gap = isGap ? Html.Of($"<rect class=\"f-none\" x=\"{x}\" y=\"{Height - 4}\" width=\"{width}\" height=\"4\"><title>{ComplianceWords.Gap.In(language)}</title></rect>") : Html.Empty;
            if (bucket.WorstSeconds is not { } worst)
            {
                return gap;
            }

            var height = Math.Max(worst / scale * (Height - 6), 1.5);
            var tone = limit is { } over && worst > over.TotalSeconds ? "f-bad" : "f-run";
            return Html.Of($"<rect class=\"{tone}\" x=\"{x}\" y=\"{Height - 5 - height}\" width=\"{width}\" height=\"{height}\"><title>{Figures.Moment(bucket.From)} {Figures.Seconds(worst, language)}</title></rect>{gap}");
        });
        var line = held is { } seconds
            ? Html.Of($"<rect class=\"f-bad\" x=\"0\" y=\"{Height - 5 - (seconds / scale * (Height - 6))}\" width=\"1000\" height=\"1\"><title>{Glossary.RpoLimit.In(language)} {Figures.Seconds(seconds, language)}</title></rect>")
            : Html.Empty;
        return Html.Of(
            $"""
             <h3>{ComplianceWords.Day24.In(language)} → {Marks.Name(standby)}</h3>
             <svg viewBox="0 0 1000 90" height="90" preserveAspectRatio="none"><rect class="f-rest" x="0" y="86" width="1000" height="4"></rect>{bars}{line}</svg>
             <p class="small soft">{Figures.Moment(from)} – {Figures.Moment(to)} · {Glossary.WorstExposure.In(language)} {Figures.Seconds(buckets.Max(bucket => bucket.WorstSeconds ?? 0), language)}{(limit is { } one ? $" · {Glossary.RpoLimit.In(language)} {Figures.Span(one, language)}" : "")} · <span class="swatch"><svg viewBox="0 0 10 10" height="10"><rect class="f-none" x="0" y="0" width="10" height="10"></rect></svg></span>{ComplianceWords.Gap.In(language)}</p>
             """);
    }
}
