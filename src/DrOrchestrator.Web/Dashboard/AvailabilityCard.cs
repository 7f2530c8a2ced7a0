using DrOrchestrator.Compliance;
using DrOrchestrator.Web.Api;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Availability over all standing windows, on both bases, with bounds and coverage; what is left of the year. Pure.</summary>
internal static class AvailabilityCard
{
    public static Html Render(SystemReport system, Language language) => system.Windows.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{ComplianceWords.Windows.In(language)}</h2>
             {(system.Budget is { } budget ? Budget(budget, language) : Html.Empty)}
             <table><thead><tr><th>{ComplianceWords.Window.In(language)}</th><th class="n">{ComplianceWords.AroundTheClock.In(language)}</th><th class="n">{Glossary.Bounds.In(language)}</th><th class="n">{ComplianceWords.ServiceTime.In(language)}</th><th class="n">{Glossary.Downtime.In(language)}</th><th class="n">{ComplianceWords.PlannedDowntime.In(language)}</th><th class="n">{Glossary.Of(DrOrchestrator.Availability.IntervalState.Degraded).In(language)}</th><th class="n">{Glossary.Coverage.In(language)}</th></tr></thead><tbody>
             {system.Windows.Select(window => Row(window, language))}
             </tbody></table></section>
             """);

    private static Html Budget(DowntimeBudget budget, Language language) => Html.Of(
        $"""
         <dl class="facts">
         <div><dt>{ComplianceWords.Left.In(language)}</dt><dd><span class="figure{(budget.Left < TimeSpan.Zero ? " bad" : "")}">{Figures.Span(budget.Left, language)}</span><div class="small soft">{Glossary.Limit.In(language)} {Figures.Span(budget.Allowed, language)}{(budget.LeftAtLeast >= TimeSpan.Zero ? $" · {ComplianceWords.AtLeast.In(language)} {Figures.Span(budget.LeftAtLeast, language)}" : "")}</div></dd></div>
         <div><dt>{ComplianceWords.RunsOut.In(language)}</dt><dd class="{(budget.RunsOutOn is null ? "good" : "bad")}">{budget.RunsOutOn?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? ComplianceWords.NotThisYear.In(language)}</dd></div>
         </dl>
         """);

    private static Html Row(WindowFigure window, Language language)
    {
        var figure = window.Figure;
        return Html.Of(
            $"<tr><td>{ComplianceWords.OfWindow(window.Window).In(language)}</td><td class=\"n\">{Percent(figure.Percent)}</td><td class=\"n\">{Figures.Percent(figure.LowerPercent)} – {Figures.Percent(figure.UpperPercent)}</td><td class=\"n\">{Percent(figure.Service?.Percent)}</td><td class=\"n\">{Figures.Span(figure.Down, language)}</td><td class=\"n\">{Figures.Span(figure.Maintenance, language)}</td><td class=\"n\">{Figures.Span(figure.Degraded, language)}</td><td class=\"n\">{Figures.Percent(figure.CoveragePercent)}</td></tr>");
    }

    private static string Percent(double? percent) => percent is { } known ? Figures.Percent(known) : "–";
}
