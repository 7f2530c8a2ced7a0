using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Namespaces that dead runs left at the clusters, and the word that removes each. Nothing is shown where nothing is left. Pure.</summary>
internal static class LeftNamespacesCard
{
    private static readonly Word Heading = new("运行遗留的命名空间", "Namespaces that runs left behind");
    private static readonly Word Why = new("它们占用资源，并可能存有密钥副本。确认无人使用后，由操作员在命令行删除", "They take room, and may hold copies of Secrets. Once nobody uses them, an operator removes them on the command line");
    private static readonly Word Run = new("运行", "Run");
    private static readonly Word OfLog = new("属于证据日志", "of evidence log");
    private static readonly Word State = new("状态", "State");
    private static readonly Word Remedy = new("删除命令", "Removed by");
    private static readonly Word NotSeen = new("未能查看", "not seen");
    private static readonly Word Stale = new("自此之后未能查看各集群，是否有遗留不明", "The clusters could not be looked at since, and whether anything is left is unknown");

    public static Html Render(LeftNamespaceSight sight, Language language) => sight switch
    {
        { At: null } or { Found: { Namespaces.Count: 0, NotSeen.Count: 0 } } => Html.Empty,
        { Found: null } => Card(Html.Of($"<p class=\"warn\">{Figures.Moment(sight.At.Value)}{Glossary.Colon.In(language)}{Stale.In(language)}{Glossary.Stop.In(language)}</p>"), language),
        _ => Card(Table(sight.Found, language), language),
    };

    private static Html Card(Html content, Language language) => Html.Of($"<section class=\"card\"><h2>{Heading.In(language)}</h2>{content}</section>");

    private static Html Table(LeftNamespacesFound found, Language language) => Html.Of(
        $"""
         {(found.Namespaces.Count == 0 ? Html.Empty : Html.Of($"<p class=\"soft\">{Why.In(language)}{Glossary.Stop.In(language)}</p>"))}
         <table><thead><tr><th>{Glossary.Site.In(language)}</th><th>{PodGlossary.Namespace.In(language)}</th><th>{Run.In(language)}</th><th>{State.In(language)}</th><th>{Remedy.In(language)}</th></tr></thead><tbody>
         {found.Namespaces.Select(ns => Row(ns, language))}
         {found.NotSeen.Select(site => Html.Of($"<tr><td>{Marks.Name(site.Site)}</td><td colspan=\"4\" class=\"warn\">{NotSeen.In(language)}{Glossary.Colon.In(language)}{Phrasebook.Say(site.Reason, language)}</td></tr>"))}
         </tbody></table>
         """);

    private static Html Row(LeftNamespace ns, Language language) => Html.Of(
        $"<tr><td>{Marks.Name(ns.Site)}</td><td>{Marks.Name(ns.Name)}</td><td>{Owner(ns, language)}</td><td>{Marks.Tag("warn", OfState(ns.State).In(language))}</td><td class=\"small\">{(ns.Holds is { } holds ? Phrasebook.Say(holds, language) : Html.Of($"<code>{Command(ns)}</code>"))}</td></tr>");

    /// <summary>Of a run of another log there is no page here.</summary>
    private static Html Owner(LeftNamespace ns, Language language) => ns switch
    {
        { IsOwn: false, Log.Length: > 0 } => Html.Of($"{Marks.Name($"#{ns.Run}")} <span class=\"small soft\">{OfLog.In(language)} {Marks.Name(ns.Log)}</span>"),
        { IsOwn: false } => Marks.Name($"#{ns.Run}"),
        { Run: { } run } => Html.Of($"<a href=\"/drills/{run}\">#{run}</a> {Marks.Name(ns.Plan)}"),
        _ => Marks.Name(ns.Plan),
    };

    private static string Command(LeftNamespace ns) => $"dro namespace remove {ns.Site} {ns.Name} --uid {ns.Uid} --reason …{(ns.IsOwn ? "" : $" --of-log {(ns.Log.Length > 0 ? ns.Log : "\"\"")}")}";

    private static Word OfState(string state) => state switch
    {
        LeftNamespaces.Expired => new("已过期", "past its time"),
        LeftNamespaces.Ending => new("正在删除", "ending"),
        _ => new("运行已结束", "its run is over"),
    };
}
