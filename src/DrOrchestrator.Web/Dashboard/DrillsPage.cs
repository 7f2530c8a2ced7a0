using DrOrchestrator.Drills;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>All runs, newest first. Pure.</summary>
internal static class DrillsPage
{
    public static Html Render(IReadOnlyList<RunView> runs, WaitingItems waiting, Language language) => Html.Of(
        $"""
         {PendingList.Render(waiting, language)}
         <section class="card">{(runs.Count == 0 ? Html.Of($"<p class=\"soft\">{Glossary.NoRuns.In(language)}{Glossary.Colon.In(language)}<code>dro drill start …</code></p>") : Table(runs, language))}</section>
         """);

    private static Html Table(IReadOnlyList<RunView> runs, Language language) => Html.Of(
        $"""
         <table><thead><tr><th>#</th><th>{Glossary.Plan.In(language)}</th><th>{Glossary.Systems.In(language)}</th><th>{Glossary.Kind.In(language)}</th><th>{Glossary.Strength.In(language)}</th><th>{Glossary.Opened.In(language)}</th><th>{Glossary.Outcome.In(language)}</th><th class="n">{Glossary.DemonstratedRto.In(language)}</th><th class="n">{Glossary.CountedLoss.In(language)}</th></tr></thead><tbody>
         {runs.Select(run => Row(run, language))}
         </tbody></table>
         """);

    private static Html Row(RunView run, Language language)
    {
        var rto = (run.Measurement?.Rto ?? run.Measurement?.PlannedRto)?.Seconds ?? run.Measurement?.Overall?.Seconds;
        var rpo = Loss(run.Measurement);
        return Html.Of(
            $"""
             <tr><td><a href="/drills/{run.Id}">{run.Id}</a></td><td><a href="/drills/{run.Id}">{Marks.Name(run.Plan)}</a></td><td>{Marks.Names(run.Systems, language)}</td><td>{run.Kind.Word(language)}</td>
             <td>{run.Strength.Word(language)}{(run.Simulated ? Html.Of($"<div class=\"small soft\">{Glossary.Simulated.In(language)}</div>") : Html.Empty)}</td>
             <td class="nowrap">{Figures.Moment(run.OpenedAt)}</td><td>{Marks.OfRun(run.Outcome, language)}<div class="small soft">{(run.ClosedAt is null ? Phrasebook.Say(run.WaitingFor ?? run.Phase, language) : Html.Empty)}</div></td>
             <td class="n">{(rto is null ? "–" : Figures.Seconds(rto.Value, language))}</td><td class="n">{(rpo is null ? "–" : $"{rpo.Value.Lost} · {Figures.Seconds(rpo.Value.Seconds, language)}")}</td></tr>
             """);
    }

    /// <summary>Counted loss; of several systems all that was lost, and the longest.</summary>
    private static (long Lost, double Seconds)? Loss(RunMeasurement? measurement)
    {
        var all = (measurement?.Systems.Select(one => one.Rpo ?? one.PlannedRpo) ?? []).Append(measurement?.Rpo ?? measurement?.PlannedRpo).OfType<RpoMeasurement>().ToList();
        return all.Count == 0 ? null : (all.Sum(one => one.Lost), all.Max(one => one.LostSeconds));
    }
}
