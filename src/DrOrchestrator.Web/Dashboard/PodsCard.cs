using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>What runs at each site, how old that knowledge is, and why it is not known. For people to look at: no gate and no step goes by it. Pure.</summary>
internal static class PodsCard
{
    public static Html Render(IReadOnlyList<SitePods> sites, Language language) => sites.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{PodGlossary.WhatRuns.In(language)}</h2>
             <table><thead><tr><th>{Glossary.Site.In(language)}</th><th>{PodGlossary.Namespace.In(language)}</th><th class="n">{PodGlossary.Running.In(language)}</th><th class="n">{PodGlossary.Ready.In(language)}</th><th class="n">{PodGlossary.Pods.In(language)}</th><th>{PodGlossary.NotReady.In(language)}</th><th>{PodGlossary.Confirmed.In(language)}</th><th>{Glossary.Reason.In(language)}</th></tr></thead><tbody>
             {sites.Select(site => Row(site, language))}
             </tbody></table></section>
             """);

    private static Html Row(SitePods site, Language language) => Html.Of(
        $"<tr><td>{Marks.Name(site.Site)}</td><td>{Marks.Name(site.Namespace)}</td>{Counts(site.Counts, language)}<td class=\"nowrap\">{(site.Age is { } age ? $"{Figures.Span(Whole(age), language)}{PodGlossary.Ago.In(language)}" : "–")}</td><td class=\"warn\">{Phrasebook.Say(site.Problem, language)}</td></tr>");

    private static Html Counts(PodCounts? counts, Language language) => counts is null
        ? Html.Of($"<td class=\"n\" colspan=\"3\">{Marks.Tag("none", PodGlossary.Unknown.In(language))}</td><td></td>")
        : Html.Of($"<td class=\"n\">{counts.Running}</td><td class=\"n\">{counts.Ready}</td><td class=\"n\">{counts.Total}</td><td class=\"small\">{Troubles(counts, language)}</td>");

    private static Html Troubles(PodCounts counts, Language language) => Html.Join(counts.Troubles
        .OrderByDescending(trouble => trouble.Value).ThenBy(trouble => trouble.Key, StringComparer.Ordinal)
        .Select((trouble, i) => Html.Of($"{(i == 0 ? "" : Glossary.Between.In(language))}{Marks.Name(trouble.Key)} × {trouble.Value}")));

    private static TimeSpan Whole(TimeSpan age) => TimeSpan.FromSeconds(Math.Floor(Math.Max(0, age.TotalSeconds)));
}
