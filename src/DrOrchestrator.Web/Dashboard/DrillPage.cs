using DrOrchestrator.Drills;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>One run: where it stands, its time line, what it showed and what it rests on. Pure.</summary>
/// <param name="Now">End of the bars of what still runs.</param>
/// <param name="Records">First and last sequence number in the evidence and how many, or null.</param>
internal sealed record DrillPage(RunView Run, IReadOnlyList<PendingItem> Pending, DateTimeOffset Now, (long First, long Last, int Count)? Records)
{
    public Html Render(Language language) => Html.Of(
        $"""
         {(Run.Failure is { } failure ? Html.Of($"<p class=\"banner bad\"><strong>{Glossary.Failure.In(language)}:</strong> {failure}</p>") : Html.Empty)}
         {PendingList.Render(Pending, language)}
         {Summary(language)}
         {RunFigures.Render(Run.Measurement, language)}
         {RunTimeLine.Render(Run, Now, language)}
         {Gates(language)}
         {Answers(language)}
         {Evidence(language)}
         """);

    private Html Summary(Language language) => Html.Of(
        $"""
         <section class="card"><dl class="facts">
         <div><dt>{Glossary.Outcome.In(language)}</dt><dd>{Marks.OfRun(Run.Outcome, language)}{(Run.RolledBack ? Marks.Tag("warn", Glossary.RolledBack.In(language)) : Html.Empty)}</dd></div>
         <div><dt>{Glossary.Phase.In(language)}</dt><dd>{Run.Phase.Word(language)}{(Run.WaitingFor is { } who ? Html.Of($"<div class=\"small soft\">{who}</div>") : Html.Empty)}</dd></div>
         <div><dt>{Glossary.Systems.In(language)}</dt><dd>{string.Join(", ", Run.Systems)}</dd></div>
         <div><dt>{Glossary.Kind.In(language)}</dt><dd>{Run.Kind.Word(language)}</dd></div>
         <div><dt>{Glossary.Mode.In(language)}</dt><dd>{Run.Mode.Word(language)}</dd></div>
         <div><dt>{Glossary.Strength.In(language)}</dt><dd>{Run.Strength.Word(language)}{(Run.Simulated ? Html.Of($" <span class=\"soft\">({Glossary.Simulated.In(language)})</span>") : Html.Empty)}{(Run.Strength == "sandbox" ? Html.Of($"<div class=\"small warn\">{Glossary.Lab.In(language)}</div>") : Html.Empty)}</dd></div>
         <div><dt>{Glossary.RequestedBy.In(language)}</dt><dd>{Run.RequestedBy}</dd></div>
         <div><dt>{Glossary.Reason.In(language)}</dt><dd>{Run.Reason}</dd></div>
         <div><dt>{Glossary.Opened.In(language)}</dt><dd>{Figures.Moment(Run.OpenedAt)}</dd></div>
         <div><dt>{Glossary.Closed.In(language)}</dt><dd>{(Run.ClosedAt is { } closed ? Figures.Moment(closed) : "–")}</dd></div>
         <div><dt>{Glossary.Plan.In(language)}</dt><dd>{Run.Plan}<div class="small soft"><code>{Short(Run.PlanHash)}</code></div></dd></div>
         </dl></section>
         """);

    private Html Gates(Language language) => Run.Gates.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.Preflight.In(language)}</h2>
             <table><thead><tr><th>{Glossary.Check.In(language)}</th><th></th><th>{Glossary.Value.In(language)}</th><th>{Glossary.Limit.In(language)}</th><th>{Glossary.Source.In(language)}</th><th class="n">{Glossary.Age.In(language)}</th><th>{Glossary.Remedy.In(language)}</th></tr></thead><tbody>
             {Run.Gates.Select(gate => Html.Of($"<tr><td>{gate.Check}</td><td>{Marks.Tag(gate.Passed ? "good" : "bad", (gate.Passed ? Glossary.Passed : Glossary.NotPassed).In(language))}</td><td>{gate.Value}</td><td>{gate.Limit}</td><td>{gate.Source}</td><td class=\"n\">{Figures.Span(gate.Age)}</td><td>{(gate.Passed ? "" : gate.Remedy)}</td></tr>"))}
             </tbody></table></section>
             """);

    private Html Answers(Language language) => Run.Answers.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.Approvals.In(language)}</h2>
             <table><thead><tr><th>{Glossary.At.In(language)}</th><th>{Glossary.Item.In(language)}</th><th>{Glossary.Person.In(language)}</th><th></th><th>{Glossary.Note.In(language)}</th></tr></thead><tbody>
             {Run.Answers.Select(answer => Html.Of($"<tr><td class=\"nowrap\">{Figures.Moment(answer.At)}</td><td>{answer.Item}</td><td>{answer.Person}{(answer.Simulated ? Html.Of($" <span class=\"small soft\">({Glossary.Simulated.In(language)})</span>") : Html.Empty)}</td><td>{Marks.Tag(answer.Confirmed ? "good" : "bad", (answer.Confirmed ? Glossary.Confirmed : Glossary.Declined).In(language))}</td><td>{answer.Note}</td></tr>"))}
             </tbody></table></section>
             """);

    private Html Evidence(Language language) => Records is not { } records
        ? Html.Empty
        : Html.Of(
            $"<section class=\"card\"><h2>{Glossary.Evidence.In(language)}</h2><p>#{records.First} – #{records.Last}, {(long)records.Count} {Glossary.Records.In(language)}. {Glossary.AuditPackHint.In(language)}: <code>dro evidence export --run {Run.Id}</code></p></section>");

    private static string Short(string hash) => hash.Length > 16 ? hash[..16] : hash;
}
