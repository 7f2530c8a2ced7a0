using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The first page: which systems meet their tier today, what waits for a person, what is overdue. Pure.</summary>
internal static class SystemsPage
{
    public static Html Render(StatusDocument status, WaitingItems waiting, IReadOnlyList<SitePods> pods, LeftNamespaceSight left, Language language) => Html.Of(
        $"""
         {Away(status.DatabaseAway, language)}
         {Overdue(status, language)}
         {PendingList.Render(waiting, language)}
         {(status.Systems.Count == 0 ? Html.Of($"<p class=\"soft\">{Glossary.NoSystems.In(language)}</p>") : Html.Empty)}
         {status.Systems.Select(system => Card(system, status.Sandbox, language))}
         {LeftNamespacesCard.Render(left, language)}
         {PodsCard.Render(pods, language)}
         """);

    public static string Title(SystemReport system, Language language) => Title(system.Title, system.Name, language);

    public static string Title(IReadOnlyDictionary<string, string> title, string name, Language language) => title.GetValueOrDefault(language.Tag()) ?? name;

    /// <summary>That the database is away, since when, and of when what is only on record is.</summary>
    public static Html Away(DatabaseAway? away, Language language) => away is null
        ? Html.Empty
        : Html.Of($"<p class=\"banner bad\"><strong>{Glossary.DatabaseAway.In(language)}{Glossary.Colon.In(language)}{Figures.Moment(away.Since)}{Glossary.Stop.In(language)}</strong>{Glossary.LiveGoesOn.In(language)}{Glossary.Stop.In(language)}{Glossary.AsLastRead.In(language)}{Glossary.Colon.In(language)}{Figures.Moment(away.AsOf)}{Glossary.Stop.In(language)}</p>");

    private static Html Overdue(StatusDocument status, Language language) => Html.Join(status.Overdue.Select(overdue => Html.Of(
        $"<p class=\"banner warn\"><strong>{Glossary.Overdue.In(language)}{Glossary.Colon.In(language)}{Marks.Names([overdue.System, overdue.Plan], language)}{Glossary.Stop.In(language)}</strong>{OverdueWords.Finding(overdue, language)}</p>")));

    private static Html Card(SystemReport system, bool sandbox, Language language)
    {
        return Html.Of(
            $"""
             <section class="card">
             <div class="head"><h2><a href="/systems/{Uri.EscapeDataString(system.Name)}">{Title(system, language)}</a></h2>{Marks.Of(system.State, language)}
             <span class="soft">{(system.Since is { } since ? $"{Glossary.Since.In(language)} {Figures.Moment(since)}" : "")}</span>
             <span class="soft">{Glossary.Tier.In(language)} {TierName(system.RequiredTier, language)}</span>
             <span class="soft">{Glossary.Department.In(language)}{Glossary.Colon.In(language)}{Marks.Free(system.Department, language)}</span></div>
             <dl class="facts">
             <div><dt>{Glossary.ServingNow.In(language)}</dt><dd class="figure">{Marks.Name(system.Serving)}</dd></div>
             <div><dt>{Glossary.Latency.In(language)}</dt><dd class="figure">{(system.LatencyMilliseconds is { } ms ? Figures.Milliseconds(ms, language) : "–")}</dd></div>
             {system.Exposures.Select(exposure => Exposure(exposure, language))}
             {Availability(system, language)}
             {CalendarPage.Readiness(system.Readiness, language)}
             <div><dt>{Glossary.LastDrill.In(language)}</dt><dd>{Drill(system.LastDrill, language)}</dd></div>
             {CalendarPage.Next(system.NextDrill, language)}
             {(system.OpenDrill is { } open ? Html.Of($"<div><dt>{Glossary.OpenDrill.In(language)}</dt><dd>{Drill(open, language)} <span class=\"soft\">{open.Phase.Word(language)}</span></dd></div>") : Html.Empty)}
             </dl>
             {(system.State == DrOrchestrator.Availability.IntervalState.Up ? Html.Empty : Html.Of($"<p class=\"soft\">{Phrasebook.Say(system.Reason, language)}</p>"))}
             {Alerts(system, language)}
             <h3>{Glossary.Probes.In(language)}</h3>{Sites(system, language)}
             <h3>{Glossary.Verdicts.In(language)}{(sandbox ? Html.Of($" · <span class=\"warn\">{Glossary.Lab.In(language)}</span>") : Html.Empty)}</h3>{Verdicts(system, language)}
             </section>
             """);
    }

    /// <summary>What is wrong comes before the tables.</summary>
    private static Html Alerts(SystemReport system, Language language) => Html.Join(system.Alerts.Select(alert => Html.Of(
        $"<p class=\"banner {(alert.Severity == "critical" ? "bad" : "warn")}\"><strong>{ComplianceWords.OfSeverity(alert.Severity).In(language)}{Glossary.Colon.In(language)}</strong>{Phrasebook.Say(alert.Text, language)} <span class=\"small\">{Figures.Moment(alert.RaisedAt)}</span></p>")));

    public static string TierName(int tier, Language language) => language == Language.Chinese ? $"第{tier}级" : $"{tier}";

    private static Html Exposure(Exposure exposure, Language language)
    {
        var range = exposure is { Lowest: { } low, Highest: { } high } && low != high
            ? Html.Of($"<div class=\"small soft\">{Glossary.LostIfPromoted.In(language)}{Glossary.Colon.In(language)}{Figures.Span(low, language)} – {Figures.Span(high, language)}</div>")
            : Html.Empty;
        return Html.Of(
            $"<div><dt>{Glossary.Exposure.In(language)} → {Marks.Name(exposure.Standby)}</dt><dd><span class=\"figure\">{(exposure.Value is { } value ? Figures.Span(value, language) : "–")}</span> {Marks.Of(exposure.Replication, language)}<div class=\"small soft\">{Phrasebook.Say(exposure.Reason, language)}</div>{range}</dd></div>");
    }

    private static Html Availability(SystemReport system, Language language)
    {
        var figure = system.Availability;
        return Html.Of(
            $"<div><dt>{Glossary.Availability.In(language)}</dt><dd><span class=\"figure\">{(figure.Percent is { } percent ? Figures.Percent(percent) : "–")}</span><div class=\"small soft\">{Glossary.Bounds.In(language)} {Figures.Percent(figure.LowerPercent)} – {Figures.Percent(figure.UpperPercent)} · {Glossary.Coverage.In(language)} {Figures.Percent(figure.CoveragePercent)}</div></dd></div>");
    }

    private static Html Drill(DrillSummary? drill, Language language) => drill is null
        ? Html.Of($"<span class=\"soft\">{Glossary.NoDrill.In(language)}</span>")
        : Html.Of(
            $"<a href=\"/drills/{drill.Id}\">#{drill.Id} {Marks.Name(drill.Plan)}</a> {Marks.OfRun(drill.Outcome, language)}<div class=\"small soft\">{Figures.Moment(drill.ClosedAt ?? drill.OpenedAt)}{(drill.RtoSeconds is { } rto ? $" · {Glossary.DemonstratedRto.In(language)} {Figures.Seconds(rto, language)}" : "")}</div>");

    private static Html Sites(SystemReport system, Language language) => Html.Of(
        $"""
         <table><thead><tr><th>{Glossary.Site.In(language)}</th><th>{Glossary.Role.In(language)}</th><th>{Glossary.State.In(language)}</th><th>{Glossary.Since.In(language)}</th><th class="n">{Glossary.Latency.In(language)}</th><th>{Glossary.Reason.In(language)}</th></tr></thead><tbody>
         {system.Sites.Select(site => Html.Of($"<tr><td>{Marks.Name(site.Site)}</td><td>{site.Role.Word(language)}</td><td>{Marks.Of(site.State, language)}</td><td class=\"nowrap\">{(site.Since is { } since ? Figures.Moment(since) : "–")}</td><td class=\"n\">{(site.LatencyMilliseconds is { } ms ? Figures.Milliseconds(ms, language) : "–")}</td><td>{Phrasebook.Say(site.Reason, language)}</td></tr>"))}
         </tbody></table>
         """);

    public static Html Verdicts(SystemReport system, Language language) => Html.Of(
        $"""
         <table><thead><tr><th></th><th></th><th>{Glossary.Value.In(language)}</th><th>{Glossary.Limit.In(language)}</th><th>{Glossary.Reason.In(language)}</th><th></th></tr></thead><tbody>
         {system.Verdicts.Select(verdict => Html.Of($"<tr><td>{verdict.Subject.Word(language)}</td><td>{Marks.Of(verdict.Verdict, language)}</td><td>{Phrasebook.Say(verdict.Value, language)}</td><td>{Phrasebook.Say(verdict.Limit, language)}</td><td>{Phrasebook.Say(verdict.Reason, language)}</td><td class=\"warn\">{Phrasebook.Say(verdict.Note, language)}</td></tr>"))}
         </tbody></table>
         """);
}
