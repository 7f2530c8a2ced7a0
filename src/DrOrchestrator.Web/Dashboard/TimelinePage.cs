using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>A system's last day as a band and as a list of intervals with their error bars, and its probes. Pure.</summary>
internal sealed record TimelinePage(IReadOnlyList<Interval> Intervals, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<ProbeDocument> Probes)
{
    /// <summary>What the verdicts rest on; null leaves those cards out.</summary>
    public SystemReport? Report { get; init; }

    /// <summary>Exposure of the last day per standby, for the drawing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ExposureBucket>> Exposure { get; init; } = new Dictionary<string, IReadOnlyList<ExposureBucket>>();

    public Html Render(Language language)
    {
        var axis = new Axis(From, To);
        return Html.Of(
            $"""
             {(Report is null ? Html.Empty : Compliance(Report, language))}
             <section class="card"><h2>{Glossary.LastHours.In(language)}</h2>
             {Axis.Draw(Html.Join(Intervals.Select(interval => axis.Bar("f-" + Marks.Tone(interval.State), interval.Start.At, interval.End?.At ?? To, Glossary.Of(interval.State).In(language)))))}
             <p class="small soft">{Figures.Moment(From)} – {Figures.Moment(To)}</p></section>
             <section class="card"><table><thead><tr><th>{Glossary.State.In(language)}</th><th>{Glossary.From.In(language)}</th><th>{Glossary.To.In(language)}</th><th class="n">{Glossary.Duration.In(language)}</th><th class="n">{Glossary.ErrorBar.In(language)}</th><th>{Glossary.Reason.In(language)}</th></tr></thead><tbody>
             {Intervals.Reverse().Select(interval => Row(interval, language))}
             </tbody></table></section>
             {VantageCard.Render(Report?.VantagePoints ?? [], language)}
             {ProbesCard.Render(Probes, language)}
             """);
    }

    private Html Compliance(SystemReport system, Language language) => Html.Of(
        $"""
         {SystemsPage.Away(system.DatabaseAway, language)}
         {QualityCard.Alerts(system, language)}
         <section class="card"><h2>{Glossary.Verdicts.In(language)}</h2>{SystemsPage.Verdicts(system, language)}
         <p class="small soft">{ComplianceWords.Rules.In(language)}{Glossary.Colon.In(language)}{Phrasebook.Say(system.Verdicts.FirstOrDefault()?.Rules ?? "", language)} · {ComplianceWords.EvidenceBehind.In(language)}{Glossary.Colon.In(language)}{Marks.Names(system.Verdicts.SelectMany(verdict => verdict.Evidence).Distinct(), language)}</p></section>
         {RecoveryCard.Render(system, language)}
         {ExposureCard.Render(system, Exposure, language)}
         {AvailabilityCard.Render(system, language)}
         {QualityCard.Render(system, language)}
         """);

    private Html Row(Interval interval, Language language)
    {
        var until = interval.End?.At ?? To;
        var error = interval.Start.Latest - interval.Start.Earliest + (interval.End is { } end ? end.Latest - end.Earliest : TimeSpan.Zero);
        return Html.Of(
            $"<tr><td>{Marks.Of(interval.State, language)}</td><td class=\"nowrap\">{Figures.Moment(interval.Start.At)}</td><td class=\"nowrap\">{(interval.End is { } closed ? Figures.Moment(closed.At) : "–")}</td><td class=\"n nowrap\">{Figures.Span(until - interval.Start.At, language)}</td><td class=\"n nowrap\">± {Figures.Span(error / 2, language)}</td><td>{Phrasebook.Say(interval.Reason, language)}</td></tr>");
    }
}
