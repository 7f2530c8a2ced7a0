using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Where it is looked from, who decides, and whose word counts now. Pure.</summary>
internal static class VantageCard
{
    public static Html Render(IReadOnlyList<VantageStanding> points, Language language) => points.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.VantagePoints.In(language)}</h2>
             <table><thead><tr><th>{Glossary.VantagePoint.In(language)}</th><th>{Glossary.State.In(language)}</th><th>{Glossary.LastHeard.In(language)}</th><th class="n">{Glossary.ControlTargets.In(language)}</th></tr></thead><tbody>
             {points.Select(point => Row(point, language))}
             </tbody></table></section>
             """);

    private static Html Row(VantageStanding point, Language language) => Html.Of(
        $"<tr><td>{Marks.Name(point.Name)}</td><td{(point.Votes ? "" : " class=\"warn\"")}>{State(point, language)}</td><td class=\"nowrap\">{(point.HeardAt is { } heard ? Figures.Moment(heard) : "–")}</td><td class=\"n\">{point.Controls}</td></tr>");

    private static Html State(VantageStanding point, Language language) => point switch
    {
        { Decides: true } => Html.Of($"{Glossary.Decides.In(language)}"),
        { Why: { } why } => Html.Of($"{Glossary.DoesNotVote.In(language)}{Glossary.Colon.In(language)}{Phrasebook.Say(why, language)}"),
        _ => Html.Of($"{Glossary.Votes.In(language)}"),
    };
}
