using System.Globalization;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Two runs side by side. Pure.</summary>
internal static class RunDiffPage
{
    public static Html Render(RunDiff diff, Language language) => Html.Of(
        $"""
         {(diff.SamePlan ? Html.Empty : Html.Of($"<p class=\"banner warn\">{DiffGlossary.OtherText.In(language)}{Glossary.Stop.In(language)}</p>"))}
         {new[] { diff.A, diff.B }.Where(side => side.Unreadable is not null).Select(side => Html.Of($"<p class=\"banner warn\">#{side.Id}{Glossary.Colon.In(language)}{DiffGlossary.Unreadable.In(language)} {Phrasebook.Say(side.Unreadable, language)}</p>"))}
         {Sides(diff, language)}
         {Phases(diff.Phases, Glossary.DemonstratedRto, diff, language)}
         {Phases(diff.PlannedPhases, Glossary.PlannedRto, diff, language)}
         {Steps(diff, language)}
         """);

    /// <summary>What was expected of a run when it was opened, in one line.</summary>
    public static Html Forecast(RunForecast? forecast, Language language) => forecast switch
    {
        null => Html.Of($"–"),
        { P50Seconds: { } half, P95Seconds: { } most } => Html.Of(
            $"p50 {Figures.Seconds(half, language)}{Glossary.Comma.In(language)}p95 {Figures.Seconds(most, language)}{(forecast.NeverRun.Count == 0 ? Html.Empty : Html.Of($" <span class=\"small soft\">({DiffGlossary.NeverRun.In(language)}{Glossary.Colon.In(language)}{Marks.Names(forecast.NeverRun, language)})</span>"))}"),
        _ => Html.Of($"<span class=\"soft\">{Phrasebook.Say(forecast.Reason, language)}</span>"),
    };

    /// <summary><c>+3.2 s</c>.</summary>
    public static string Signed(double? seconds, Language language) => seconds is { } known ? (known > 0 ? "+" : "") + Figures.Seconds(known, language) : "–";

    private static Html Sides(RunDiff diff, Language language) => Html.Of(
        $"""
         <section class="card"><table><thead><tr><th></th><th>{Link(diff.A)}</th><th>{Link(diff.B)}</th><th class="n">{DiffGlossary.Difference.In(language)}</th></tr></thead><tbody>
         <tr><td>{Glossary.Opened.In(language)}</td><td>{Figures.Moment(diff.A.OpenedAt)}</td><td>{Figures.Moment(diff.B.OpenedAt)}</td><td></td></tr>
         <tr><td>{Glossary.Plan.In(language)}</td><td>{Plan(diff.A)}</td><td>{Plan(diff.B)}</td><td></td></tr>
         <tr><td>{Glossary.Mode.In(language)}</td><td>{diff.A.Mode.Word(language)}</td><td>{diff.B.Mode.Word(language)}</td><td></td></tr>
         <tr><td>{Glossary.Outcome.In(language)}</td><td>{Marks.OfRun(diff.A.Outcome, language)}</td><td>{Marks.OfRun(diff.B.Outcome, language)}</td><td></td></tr>
         <tr><td>{Glossary.DemonstratedRto.In(language)}</td><td>{Seconds(diff.A.RtoSeconds, language)}</td><td>{Seconds(diff.B.RtoSeconds, language)}</td><td class="n">{Signed(diff.B.RtoSeconds - diff.A.RtoSeconds, language)}</td></tr>
         <tr><td>{Glossary.Lost.In(language)}</td><td>{Count(diff.A.Lost)}</td><td>{Count(diff.B.Lost)}</td><td class="n">{Count(diff.B.Lost - diff.A.Lost)}</td></tr>
         <tr><td>{DiffGlossary.Forecast.In(language)}</td><td>{Forecast(diff.A.Forecast, language)}</td><td>{Forecast(diff.B.Forecast, language)}</td><td></td></tr>
         <tr><td>{DiffGlossary.ForecastError.In(language)}</td><td>{Signed(diff.A.ForecastErrorSeconds, language)}</td><td>{Signed(diff.B.ForecastErrorSeconds, language)}</td><td></td></tr>
         </tbody></table></section>
         """);

    private static Html Link(RunSide side) => Html.Of($"<a href=\"/drills/{side.Id}\">#{side.Id}</a>");

    private static Html Plan(RunSide side) => Html.Of($"{Marks.Name(side.Plan)} <span class=\"small soft\"><code>{side.PlanHash[..Math.Min(12, side.PlanHash.Length)]}</code></span>");

    private static Html Phases(IReadOnlyList<PhaseDiff> phases, Word title, RunDiff diff, Language language) => phases.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{title.In(language)}</h2><table><thead><tr><th>{Glossary.Phase.In(language)}</th><th class="n">#{diff.A.Id}</th><th class="n">#{diff.B.Id}</th><th class="n">{DiffGlossary.Difference.In(language)}</th></tr></thead><tbody>
             {phases.Select(phase => Html.Of($"<tr><td>{phase.Phase.Word(language)}</td><td class=\"n\">{Seconds(phase.SecondsA, language)}</td><td class=\"n\">{Seconds(phase.SecondsB, language)}</td><td class=\"n\">{Signed(phase.DeltaSeconds, language)}</td></tr>"))}
             </tbody></table></section>
             """);

    private static Html Steps(RunDiff diff, Language language) => diff.Steps.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><table><thead><tr><th>{Glossary.Step.In(language)}</th><th class="n">#{diff.A.Id}</th><th class="n">#{diff.B.Id}</th><th class="n">{DiffGlossary.Difference.In(language)}</th><th>{DiffGlossary.What.In(language)}</th></tr></thead><tbody>
             {diff.Steps.Select(step => Row(step, language))}
             </tbody></table></section>
             """);

    private static Html Row(StepDiff step, Language language) => Html.Of(
        $"""
         <tr><td>{Marks.Name(step.Step)}{(step.WayBack ? Html.Of($" <span class=\"small soft\">{Glossary.WayBack.In(language)}</span>") : Html.Empty)}</td>
         <td class="n">{Half(step.StateA, step.SecondsA, language)}</td><td class="n">{Half(step.StateB, step.SecondsB, language)}</td>
         <td class="n">{Signed(step.DeltaSeconds, language)}{(step.Ratio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $" (×{ratio:0.##})") : "")}</td>
         <td>{step.Marks.Select(mark => Html.Of($"{Marks.Tag(mark is StepMark.Slower or StepMark.OutcomeChanged or StepMark.Skipped ? "warn" : "none", DiffGlossary.Of(mark).In(language))} "))}
         {step.Changes.Select(change => Html.Of($"<div class=\"small soft\"><code>{change.What}: {change.Was ?? "–"} → {change.Is ?? "–"}</code></div>"))}</td></tr>
         """);

    private static Html Half(string? state, double? seconds, Language language) => (state, seconds) switch
    {
        (null, _) => Html.Of($"–"),
        ("done", { } known) => Html.Of($"{Figures.Seconds(known, language)}"),
        ({ } word, _) => Marks.OfRun(word, language),
    };

    private static string Seconds(double? seconds, Language language) => seconds is { } known ? Figures.Seconds(known, language) : "–";

    private static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "–";
}
