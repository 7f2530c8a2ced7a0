using System.Globalization;
using DrOrchestrator.Compliance;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>RTO three ways: demonstrated, predicted, running. Pure.</summary>
internal static class RecoveryCard
{
    public static Html Render(SystemReport system, Language language) => Html.Of(
        $"""
         <section class="card"><h2>{ComplianceWords.RecoveryTime.In(language)}</h2>
         {(system.Recovery.Running is { } running ? Running(running, language) : Html.Empty)}
         <h3>{ComplianceWords.Demonstrated.In(language)}</h3>{Demonstrated(system.Recovery.Demonstrated, language)}
         <h3>{ComplianceWords.Predicted.In(language)}</h3>{Forecasts(system.Recovery.Forecasts, language)}
         </section>
         """);

    private static Html Running(RunningRecovery running, Language language) => Html.Of(
        $"""
         <p class="banner {(running.Exceeds ? "bad" : "warn")}"><strong>{ComplianceWords.Running.In(language)}{Glossary.Colon.In(language)}{ComplianceWords.Elapsed.In(language)} {Figures.Span(running.Elapsed, language)}</strong>
         {(running.Limit is { } limit ? Html.Of($" · {Glossary.RtoLimit.In(language)} {Figures.Span(limit, language)}") : Html.Empty)}
         {(running.LimitAt is { } at ? Html.Of($" · {ComplianceWords.LimitAt.In(language)} {Figures.Moment(at)}") : Html.Empty)}
         {(running.ProjectedEnd is { } end ? Html.Of($" · {ComplianceWords.ProjectedEnd.In(language)} {Figures.Moment(end)}") : Html.Empty)}
         {(running.Run is { } run ? Html.Of($" · <a href=\"/drills/{run}\">#{run}</a>") : Html.Empty)}</p>
         """);

    private static Html Demonstrated(IReadOnlyList<DemonstratedSummary> runs, Language language) => runs.Count == 0
        ? Html.Of($"<p class=\"soft\">{Phrasebook.Say("no passed run has demonstrated it", language)}</p>")
        : Html.Of(
            $"""
             <table><thead><tr><th>{ComplianceWords.Run.In(language)}</th><th>{Glossary.Kind.In(language)}</th><th>{ComplianceWords.Day.In(language)}</th><th class="n">{ComplianceWords.Demonstrated.In(language)}</th><th>{ComplianceWords.Counts.In(language)}</th></tr></thead><tbody>
             {runs.Select(run => Html.Of($"<tr><td><a href=\"/drills/{run.Run}\">#{run.Run}</a></td><td>{run.Kind.Word(language)}</td><td class=\"nowrap\">{Figures.Moment(run.ClosedAt)}</td><td class=\"n\">{(run.RtoSeconds is { } rto ? Figures.Seconds(rto, language) : "–")}{(run.Planned ? $" ({ComplianceWords.Planned.In(language)})" : "")}</td><td>{Counts(run, language)}</td></tr>"))}
             </tbody></table>
             """);

    private static Html Counts(DemonstratedSummary run, Language language) =>
        (run.NotForRto ?? run.Age.Reason) is { } why ? Html.Of($"<span class=\"{(run.NotForRto is not null || run.Age.IsStale ? "bad" : "warn")}\">{Phrasebook.Say(why, language)}</span>{Changes(run.Age)}")
        : Html.Of($"<span class=\"good\">{ComplianceWords.Yes.In(language)}</span>");

    private static Html Changes(RecordAge age) => age.Changes.Count == 0
        ? Html.Empty
        : Html.Of($"<div class=\"small soft\">{age.Changes.Select(change => Html.Of($"<div>{Marks.Name($"{change.Part}: {Short(change.Was)} -> {Short(change.Is ?? "-")}")}</div>"))}</div>");

    /// <summary>A hash by its beginning.</summary>
    private static string Short(string value) => value.Length == 64 && value.All(char.IsAsciiHexDigit) ? value[..12] : value;

    private static Html Forecasts(IReadOnlyList<RtoForecast> forecasts, Language language) => forecasts.Count == 0
        ? Html.Of($"<p class=\"soft\">–</p>")
        : Html.Join(forecasts.Select(forecast => Html.Of(
            $"""
             <dl class="facts">
             <div><dt>{Glossary.Plan.In(language)}</dt><dd>{Marks.Name(forecast.Plan)}</dd></div>
             {(forecast.P50 is { } half ? Html.Of($"<div><dt>{ComplianceWords.Half.In(language)}</dt><dd class=\"figure\">{Figures.Span(half, language)}</dd></div><div><dt>{ComplianceWords.Most.In(language)}</dt><dd class=\"figure\">{Figures.Span(forecast.P95!.Value, language)}</dd></div>") : Html.Of($"<div><dt>{Glossary.Reason.In(language)}</dt><dd class=\"warn\">{Phrasebook.Say(forecast.Reason, language)}</dd></div>"))}
             <div><dt>{ComplianceWords.Detection.In(language)}</dt><dd>{Figures.Span(forecast.Detection, language)}</dd></div>
             <div><dt>{ComplianceWords.Decision.In(language)}</dt><dd>{Figures.Span(forecast.Decision, language)}</dd></div>
             {(forecast.LastErrorSeconds is { } error ? Html.Of($"<div><dt>{ComplianceWords.LastError.In(language)} #{forecast.LastErrorRun ?? 0}</dt><dd>{(error >= 0 ? "+" : "")}{Figures.Seconds(error, language)}</dd></div>") : Html.Empty)}
             </dl>
             <p class="small soft">{ComplianceWords.CriticalPath.In(language)}{Glossary.Colon.In(language)}{Html.Join(forecast.CriticalPath.SelectMany<ForecastStep, Html>((step, i) => [Html.Of($"{(i == 0 ? "" : " → ")}"), Step(step, language)]))}</p>
             """)));

    private static Html Step(ForecastStep step, Language language)
    {
        var marks = new List<string>();
        if (step.ByPeople)
        {
            marks.Add(ComplianceWords.ByPeople.In(language));
        }

        if (step.Runs == 0)
        {
            marks.Add(ComplianceWords.NeverRun.In(language));
        }

        var note = marks.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({string.Join(Glossary.Between.In(language), marks)})");
        return Html.Of($"{Marks.Name(step.Step)} {Figures.Span(step.P50, language)}{note}");
    }
}
