using System.Globalization;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>What a run demonstrated: recovery time by phase against its limit, and the counted loss. Pure.</summary>
internal static class RunFigures
{
    public static Html Render(RunMeasurement? measurement, Language language) => measurement switch
    {
        null => Html.Empty,
        { Systems.Count: > 0 } => Html.Of($"{Overall(measurement.Overall, language)}{measurement.Systems.Select(one => Of(measurement.For(one.System), one.System, language))}"),
        _ => Of(measurement, null, language),
    };

    /// <param name="system">Named where the run is of several.</param>
    private static Html Of(RunMeasurement measurement, string? system, Language language) => Html.Of(
        $"{Rto(measurement.Rto, Named(Glossary.DemonstratedRto, system), language)}{Rpo(measurement.Rpo, Named(Glossary.CountedLoss, system), language)}{Rto(measurement.PlannedRto, Named(Glossary.PlannedRto, system), language)}{Rpo(measurement.PlannedRpo, Named(new($"{Glossary.CountedLoss.Chinese}({Glossary.PlannedRto.Chinese})", $"{Glossary.CountedLoss.English} ({Glossary.PlannedRto.English})"), system), language)}");

    private static Word Named(Word title, string? system) => system is null ? title : new($"{system} · {title.Chinese}", $"{system} · {title.English}");

    private static Html Overall(OverallRecovery? overall, Language language) => overall is null
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.OverallRecovery.In(language)}</h2>
             <p><span class="figure">{(overall.Restored ? "" : Glossary.NotRestored.In(language))}{Figures.Seconds(overall.Seconds, language)}</span> {Marks.Met(overall.Met, language)}
             <span class="soft">{Glossary.Bounds.In(language)} {Figures.Seconds(overall.LowerSeconds, language)} – {Figures.Seconds(overall.Seconds, language)} · {Figures.Moment(overall.InterruptedEarliest)} – {Figures.Moment(overall.RestoredLatest)}</span></p>
             </section>
             """);

    private static Html Rto(RtoMeasurement? rto, Word title, Language language)
    {
        if (rto is null)
        {
            return Html.Empty;
        }

        var share = rto.LimitSeconds > 0 ? rto.Seconds / rto.LimitSeconds : 1;
        return Html.Of(
            $"""
             <section class="card"><h2>{title.In(language)}</h2>
             <p><span class="figure">{(rto.Restored ? "" : Glossary.NotRestored.In(language))}{Figures.Seconds(rto.Seconds, language)}</span> {Marks.Met(rto.Met, language)}
             <span class="soft">{Glossary.Bounds.In(language)} {Figures.Seconds(rto.LowerSeconds, language)} – {Figures.Seconds(rto.UpperSeconds, language)} · {Glossary.TechnicalFigure.In(language)} {Figures.Seconds(rto.TechnicalSeconds, language)} · {Glossary.RtoLimit.In(language)} {Figures.Seconds(rto.LimitSeconds, language)} · {OfLimit(share, language)}</span></p>
             <svg viewBox="0 0 1000 6" height="6" preserveAspectRatio="none" role="img" aria-label="{OfLimit(share, language)}"><rect class="f-rest" width="1000" height="6"/><rect class="{(rto.Met ? "f-good" : "f-bad")}" width="{Math.Clamp(share * 1000, 2, 1000)}" height="6"/></svg>
             {Phases(rto, language)}
             </section>
             """);
    }

    private static string OfLimit(double share, Language language) =>
        string.Format(CultureInfo.InvariantCulture, Glossary.OfLimit.In(language), Figures.Percent(share * 100));

    private static Html Phases(RtoMeasurement rto, Language language)
    {
        var total = rto.Phases.Values.Sum();
        var start = 0d;
        var bars = new List<Html>();
        var rows = new List<Html>();
        foreach (var (mark, seconds) in rto.Phases)
        {
            var colour = (long)(rows.Count % 9);
            var left = total > 0 ? start / total * 1000 : 0;
            var width = total > 0 ? seconds / total * 1000 : 0;
            bars.Add(Html.Of($"<rect class=\"f-{colour}\" x=\"{left}\" width=\"{width}\" height=\"16\"><title>{mark.Word(language)} {Figures.Seconds(seconds, language)}</title></rect>"));
            rows.Add(Html.Of(
                $"<tr><td><svg class=\"swatch\" viewBox=\"0 0 1 1\"><rect class=\"f-{colour}\" width=\"1\" height=\"1\"/></svg>{mark.Word(language)}</td><td class=\"n\">{Figures.Seconds(seconds, language)}</td><td class=\"n\">{Figures.Percent(total > 0 ? Math.Round(seconds / total * 100, 1) : 0)}</td><td class=\"n soft\">{Figures.Seconds(start + seconds, language)}</td></tr>"));
            start += seconds;
        }

        return Html.Of(
            $"<h3>{Glossary.Phase.In(language)}</h3><svg viewBox=\"0 0 1000 16\" height=\"16\" preserveAspectRatio=\"none\">{bars}</svg><table><tbody>{rows}</tbody></table>");
    }

    private static Html Rpo(RpoMeasurement? rpo, Word title, Language language) => rpo is null
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{title.In(language)}</h2>
             <p><span class="figure">{rpo.Lost} · {Figures.Seconds(rpo.LostSeconds, language)}</span> {Marks.Met(DrillMeasurement.IsMet(rpo), language)} <span class="soft">{Glossary.RpoLimit.In(language)} {Figures.Seconds(rpo.LimitSeconds, language)}</span></p>
             <dl class="facts">
             <div><dt>{Glossary.Sent.In(language)}</dt><dd>{rpo.Sent}</dd></div><div><dt>{Glossary.Acknowledged.In(language)}</dt><dd>{rpo.Acknowledged}</dd></div>
             <div><dt>{Glossary.InDoubt.In(language)}</dt><dd>{rpo.InDoubt}</dd></div><div><dt>{Glossary.Refused.In(language)}</dt><dd>{rpo.Refused}</dd></div>
             <div><dt>{Glossary.InDoubtSurvivors.In(language)}</dt><dd>{rpo.InDoubtSurvivors}</dd></div><div><dt>{Glossary.WorstExposure.In(language)}</dt><dd>{(rpo.WorstExposureSeconds is { } worst ? Figures.Seconds(worst, language) : "–")}</dd></div>
             <div><dt>{Glossary.NotProtectedFor.In(language)}</dt><dd>{Figures.Seconds(rpo.NotProtectedSeconds, language)}</dd></div><div><dt>{Glossary.UnknownFor.In(language)}</dt><dd>{Figures.Seconds(rpo.UnknownSeconds, language)}</dd></div>
             </dl></section>
             """);
}
