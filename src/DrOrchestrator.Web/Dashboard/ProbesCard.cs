using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The probes of a system: what each says now, where its time goes, and the story of its last failures. Pure.</summary>
internal static class ProbesCard
{
    private const int MostFailuresShown = 5;

    public static Html Render(IReadOnlyList<ProbeDocument> probes, Language language) => probes.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.Probes.In(language)}</h2>
             <table><thead><tr><th>{Glossary.Probe.In(language)}</th><th>{Glossary.Target.In(language)}</th><th>{Glossary.State.In(language)}</th><th>{Glossary.NewestLook.In(language)}</th><th class="n">{Glossary.Latency.In(language)}</th><th>{Glossary.Phases.In(language)}</th></tr></thead><tbody>
             {probes.Select(probe => Row(probe.Probe, language))}
             </tbody></table>
             {probes.Where(probe => probe.Failures.Count > 0).Select(probe => Failures(probe, language))}
             </section>
             """);

    private static Html Row(ProbeSummary probe, Language language) => Html.Of(
        $"<tr><td>{Marks.Name(probe.Name)}</td><td class=\"small\">{Marks.Name(probe.Target)}</td><td>{Marks.Of(probe.State, language)}</td><td>{Phrasebook.Say(probe.Newest?.Reason, language)}</td><td class=\"n nowrap\">{(probe.Newest is { } newest ? Figures.Milliseconds(newest.Duration.TotalMilliseconds, language) : "–")}</td><td class=\"small\">{Phases(probe.Newest?.Phases, language)}</td></tr>");

    private static Html Failures(ProbeDocument probe, Language language) => Html.Of(
        $"""
         <h3>{Glossary.LastFailures.In(language)}{Glossary.Colon.In(language)}{Marks.Name(probe.Probe.Name)}</h3>
         <ul>{probe.Failures.Take(MostFailuresShown).Select(failure => Failure(failure, language))}</ul>
         """);

    private static Html Failure(FailureDocument failure, Language language) => Html.Of(
        $"<li><span class=\"nowrap\">{Figures.Moment(failure.First.StartedAt)}</span> {Phrasebook.Say(failure.First.Reason, language)}{Times(failure, language)}<ul class=\"small soft\">{failure.Notes.Select(note => Html.Of($"<li>+{Figures.Milliseconds(note.At.TotalMilliseconds, language)} {Phrasebook.Say(note.Text, language)}</li>"))}</ul></li>");

    private static Html Times(FailureDocument failure, Language language) => failure.Count == 1
        ? Html.Empty
        : Html.Of($" <span class=\"soft\">× {failure.Count}, {Glossary.Until.In(language)} {Figures.Moment(failure.Last.StartedAt)}</span>");

    private static Html Phases(ProbePhasesDocument? phases, Language language) => phases is null
        ? Html.Empty
        : Html.Join(Named(phases).Where(phase => phase.Time is not null).Select((phase, i) => Html.Of($"{(i == 0 ? "" : Glossary.Between.In(language))}{phase.Name.In(language)} {Figures.Milliseconds(phase.Time!.Value.TotalMilliseconds, language)}")));

    private static IEnumerable<(Word Name, TimeSpan? Time)> Named(ProbePhasesDocument phases) =>
    [
        (Glossary.PhaseDns, phases.Dns),
        (Glossary.PhaseConnect, phases.Connect),
        (Glossary.PhaseTls, phases.Tls),
        (Glossary.PhaseFirstByte, phases.FirstByte),
        (Glossary.PhaseTransfer, phases.Transfer),
    ];
}
