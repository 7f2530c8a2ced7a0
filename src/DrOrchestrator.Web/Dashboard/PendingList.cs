using DrOrchestrator.Drills;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>What waits for a person, with how to answer. Pure.</summary>
internal static class PendingList
{
    public static Html Render(IReadOnlyList<PendingItem> pending, Language language) => pending.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.WaitsForPeople.In(language)}</h2>
             <table><thead><tr><th>#</th><th>{Glossary.Item.In(language)}</th><th>{Glossary.Role.In(language)}</th><th>{Glossary.Question.In(language)}</th><th>{Glossary.Deadline.In(language)}</th></tr></thead><tbody>
             {pending.Select(item => Row(item, language))}
             </tbody></table></section>
             """);

    private static Html Row(PendingItem item, Language language) => Html.Of(
        $"""
         <tr><td><a href="/drills/{item.Run}">#{item.Run}</a></td><td>{item.Kind.Word(language)}<div class="small soft">{item.Name}</div></td><td>{item.Role.Word(language)}</td>
         <td>{item.Question}{PointsOfNoReturn(item, language)}<div class="small"><code>dro drill approve {item.Run} {item.Name}</code></div></td><td class="nowrap">{(item.Deadline is { } deadline ? Figures.Moment(deadline) : "–")}</td></tr>
         """);

    private static Html PointsOfNoReturn(PendingItem item, Language language) => item.PointsOfNoReturn.Count == 0
        ? Html.Empty
        : Html.Of($"<div class=\"ponr\">{Glossary.PointOfNoReturn.In(language)}: {string.Join(", ", item.PointsOfNoReturn)}</div>");
}
