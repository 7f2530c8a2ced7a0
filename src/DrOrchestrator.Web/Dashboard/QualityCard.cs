using System.Globalization;
using DrOrchestrator.Compliance;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Quality of service, alerts and findings. Pure.</summary>
internal static class QualityCard
{
    public static Html Render(SystemReport system, Language language) => Html.Of($"{Quality(system.Qos, language)}{Findings(system, language)}");

    /// <summary>What is wrong now; it stands before everything else.</summary>
    public static Html Alerts(SystemReport system, Language language) => Html.Of(
        $"""
         <section class="card"><h2>{ComplianceWords.Alerts.In(language)}</h2>
         {(system.Alerts.Count == 0 ? Html.Of($"<p class=\"soft\">{ComplianceWords.NoAlerts.In(language)}</p>") : Html.Of($"<table><thead><tr><th></th><th>{ComplianceWords.Raised.In(language)}</th><th>{Glossary.Reason.In(language)}</th></tr></thead><tbody>{system.Alerts.Select(alert => Html.Of($"<tr><td>{Marks.Tag(alert.Severity == "critical" ? "bad" : "warn", ComplianceWords.OfSeverity(alert.Severity).In(language))}</td><td class=\"nowrap\">{Figures.Moment(alert.RaisedAt)}</td><td>{Phrasebook.Say(alert.Text, language)}</td></tr>"))}</tbody></table>"))}
         </section>
         """);

    private static Html Quality(QosStatus qos, Language language) => Html.Of(
        $"""
         <section class="card"><h2>{ComplianceWords.Quality.In(language)}</h2>
         {(qos.Plan is null ? Html.Of($"<p class=\"soft\">{ComplianceWords.NoQuality.In(language)}</p>") : Html.Empty)}
         {(qos.Rows.Count == 0 ? Html.Empty : Table(qos, language))}
         {qos.Periods.Select(period => Period(period, language))}
         {(qos.Plan is { } plan ? Html.Of($"<p class=\"small soft\">{Glossary.Source.In(language)}{Glossary.Colon.In(language)}{Marks.Free(plan.Source, language)} · {ComplianceWords.Signer.In(language)}{Glossary.Colon.In(language)}{Marks.Name(plan.Signer)}{(plan.AgreedWith is { } with ? Html.Of($" · {ComplianceWords.AgreedWith.In(language)}{Glossary.Colon.In(language)}{Marks.Free(with, language)}") : Html.Empty)} · {ComplianceWords.ReviewBy.In(language)}{Glossary.Colon.In(language)}{plan.ReviewBy.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}{(qos.ReviewOverdue ? Html.Of($" <span class=\"bad\">{ComplianceWords.ReviewOverdue.In(language)}</span>") : Html.Empty)}</p>") : Html.Empty)}
         </section>
         """);

    private static Html Table(QosStatus qos, Language language) => Html.Of(
        $"""
         <table><thead><tr><th>{ComplianceWords.Figure.In(language)}</th><th class="n">{ComplianceWords.Forecast.In(language)}</th><th class="n">{ComplianceWords.Target.In(language)}</th><th class="n">{ComplianceWords.Floor.In(language)}</th>{qos.Periods.Select(period => Html.Of($"<th class=\"n\">{ComplianceWords.OfWindow(period.Window).In(language)}</th>"))}</tr></thead><tbody>
         {qos.Periods.SelectMany(period => period.Rows).Concat(qos.Rows).DistinctBy(row => row.Key).Select(row => Row(row, qos.Periods, language))}
         </tbody></table>
         """);

    private static Html Row(QosRow row, IReadOnlyList<QosPeriod> periods, Language language) => Html.Of(
        $"<tr><td>{ComplianceWords.OfFigure(row.Figure).In(language)}{(row.QuantileWord is { } quantile ? $" {quantile}" : "")}</td><td class=\"n\">{Show(row, row.Forecast, language)}</td><td class=\"n\">{Show(row, row.Target, language)}</td><td class=\"n\">{Show(row, row.Floor, language)}</td>{periods.Select(period => Measured(period.Rows.FirstOrDefault(one => one.Key == row.Key), language))}</tr>");

    private static Html Measured(QosRow? row, Language language) => row is null
        ? Html.Of($"<td class=\"n\">–</td>")
        : Html.Of($"<td class=\"n {(row.BelowFloor ? "bad" : row.BelowTarget ? "warn" : "")}\">{Show(row, row.Measured, language)}</td>");

    /// <summary>Which time the figures are of: less data than the window is said.</summary>
    private static Html Period(QosPeriod period, Language language) => Html.Of(
        $"<p class=\"small soft\">{ComplianceWords.OfWindow(period.Window).In(language)}{Glossary.Colon.In(language)}{Figures.Moment(period.From)} – {Figures.Moment(period.To)} · {Glossary.Coverage.In(language)} {Figures.Percent(period.CoveragePercent)}{Since(period, language)}</p>");

    private static string Since(QosPeriod period, Language language) => period.Since switch
    {
        null => $" · {ComplianceWords.NoData.In(language)}",
        { } since when since - period.From > TimeSpan.FromMinutes(2) => $" · {ComplianceWords.DataSince.In(language)} {Figures.Moment(since)}",
        _ => "",
    };

    private static string Show(QosRow row, double? value, Language language) => (value, row.Unit) switch
    {
        (null, _) => "–",
        ({ } percent, "percent") => Figures.Percent(percent),
        ({ } seconds, "seconds") => Figures.Seconds(seconds, language),
        ({ } number, _) => number.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static Html Findings(SystemReport system, Language language) => system.Findings.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{ComplianceWords.Findings.In(language)}</h2>
             <table><thead><tr><th>{ComplianceWords.Clause.In(language)}</th><th>{ComplianceWords.Finding.In(language)}</th><th>{Glossary.Remedy.In(language)}</th></tr></thead><tbody>
             {system.Findings.Select(finding => Html.Of($"<tr><td class=\"nowrap\">{Clause(finding.Clause, language)}</td><td>{Phrasebook.Say(finding.Text, language)}</td><td>{Phrasebook.Say(finding.Remedy, language)}</td></tr>"))}
             </tbody></table></section>
             """);

    /// <summary>A clause of the standard is called the same everywhere; one of our own rules is a sentence.</summary>
    private static Html Clause(string clause, Language language) =>
        clause.StartsWith("rule ", StringComparison.Ordinal) ? Phrasebook.Say(clause, language) : Marks.Name(clause);
}
