using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>One run: where it stands, its time line, what it showed and what it rests on. Pure.</summary>
/// <param name="Waiting">What of this run waits for a person.</param>
/// <param name="Now">End of the bars of what still runs.</param>
/// <param name="Refusal">Why an answer just given was not taken, or null.</param>
/// <param name="Records">First and last sequence number in the evidence and how many, or null.</param>
internal sealed record DrillPage(RunView Run, WaitingItems Waiting, DateTimeOffset Now, (long First, long Last, int Count)? Records, AnswerResult? Refusal = null)
{
    /// <summary>The closed run of the same plan before it; null where there is none.</summary>
    public long? Before { get; init; }

    /// <summary>Whether who looks may review its overrides.</summary>
    public bool MayReview { get; init; }

    /// <summary>Who is signed in on these pages; null for a program.</summary>
    public Person? Caller { get; init; }

    /// <summary>The form to stop the run is asked for.</summary>
    public bool AsksToStop { get; init; }

    public Html Render(Language language) => Html.Of(
        $"""
         {(Refusal is { } refusal ? Refused(refusal, language) : Html.Empty)}
         {(Run.Failure is { } failure ? Html.Of($"<p class=\"banner bad\"><strong>{Glossary.Failure.In(language)}{Glossary.Colon.In(language)}</strong>{Phrasebook.Say(failure, language)}</p>") : Html.Empty)}
         {OverrideCard.Banner(Run, Waiting, language)}
         {Stop(language)}
         {PendingList.Render(Waiting, language)}
         {OverrideCard.Render(Run, MayReview, language)}
         {StopForm.Render(Run, Caller, AsksToStop, language)}
         {Summary(language)}
         {RunFigures.Render(Run.Measurement, language)}
         {RunTimeLine.Render(Run, Now, language)}
         {Gates(language)}
         {Answers(language)}
         {Evidence(language)}
         """);

    /// <summary>The stop in force, the state it reached, and what guardrails saw.</summary>
    private Html Stop(Language language)
    {
        var breaches = Run.Breaches.Select(breach => Html.Of(
            $"<p>{Glossary.Guardrail.In(language)}{Glossary.Colon.In(language)}{Phrasebook.Say(breach.Check, language)}{Glossary.Comma.In(language)}{Glossary.Value.In(language)} {Phrasebook.Say(breach.Value, language)}{Glossary.Comma.In(language)}{Glossary.Limit.In(language)} {Phrasebook.Say(breach.Limit, language)}{Glossary.Comma.In(language)}{Glossary.Source.In(language)} {Phrasebook.Say(breach.Source, language)}{Glossary.Comma.In(language)}{Glossary.Age.In(language)} {Figures.Span(breach.Age, language)}</p>"));
        return Run.Stop is not { } stop
            ? Run.Breaches.Count == 0 ? Html.Empty : Html.Of($"<section class=\"card\">{breaches}</section>")
            : Html.Of(
                $"""
                 <section class="card"><h2>{stop.What.Word(language)}</h2>
                 <p>{Marks.Name(stop.By)}{Glossary.Colon.In(language)}{Phrasebook.Say(stop.Reason, language)} <span class="soft nowrap">{Figures.Moment(stop.At)}</span></p>
                 {breaches}
                 {(stop.Reached is { } reached ? Reached(reached, language) : Html.Empty)}
                 </section>
                 """);
    }

    private static Html Reached(StateReached reached, Language language)
    {
        (Word Title, IReadOnlyList<string> Steps)[] rows =
        [
            (Glossary.StepsDone, reached.Done),
            (Glossary.StepsNotKnown, reached.InFlight),
            (Glossary.StepsObserved, reached.Observed),
            (Glossary.StepsNotBegun, reached.NotBegun),
            (Glossary.ServingNow, [.. reached.Serving.Select(site => $"{site.Key}: {site.Value}")]),
        ];
        return Html.Of($"<dl class=\"facts\">{rows.Where(row => row.Steps.Count > 0).Select(row => Html.Of($"<div><dt>{row.Title.In(language)}</dt><dd>{Marks.Names(row.Steps, language)}</dd></div>"))}</dl>");
    }

    private static Html Refused(AnswerResult refusal, Language language) => Html.Of(
        $"<p class=\"banner bad\" role=\"alert\"><strong>{Glossary.NotTaken.In(language)}{Glossary.Colon.In(language)}{refusal.Code.Word(language)}{Glossary.Stop.In(language)}</strong>{Phrasebook.Say(refusal.Detail, language)}</p>");

    private Html Summary(Language language) => Html.Of(
        $"""
         <section class="card"><dl class="facts">
         <div><dt>{Glossary.Outcome.In(language)}</dt><dd>{Marks.OfRun(Run.Outcome, language)}{(Run.RolledBack ? Marks.Tag("warn", Glossary.RolledBack.In(language)) : Html.Empty)}</dd></div>
         <div><dt>{Glossary.Phase.In(language)}</dt><dd>{(Run.ClosedAt is null ? Run.Phase.Word(language) : Glossary.Ended.In(language))}{(Run.WaitingFor is { } who ? Html.Of($"<div class=\"small soft\">{Phrasebook.Say(who, language)}</div>") : Html.Empty)}</dd></div>
         <div><dt>{Glossary.Systems.In(language)}</dt><dd>{Marks.Names(Run.Systems, language)}</dd></div>
         <div><dt>{Glossary.Kind.In(language)}</dt><dd>{Run.Kind.Word(language)}</dd></div>
         <div><dt>{Glossary.Mode.In(language)}</dt><dd>{Run.Mode.Word(language)}</dd></div>
         <div><dt>{Glossary.Strength.In(language)}</dt><dd>{Run.Strength.Word(language)}{(Run.Simulated ? Html.Of($" <span class=\"soft\">({Glossary.Simulated.In(language)})</span>") : Html.Empty)}{(Run.Strength == "sandbox" ? Html.Of($"<div class=\"small warn\">{Glossary.Lab.In(language)}</div>") : Html.Empty)}</dd></div>
         <div><dt>{Glossary.RequestedBy.In(language)}</dt><dd>{Marks.Name(Run.RequestedBy)}{MadeBy(Run.RequesterTokenMakers, language)}</dd></div>
         <div><dt>{Glossary.Reason.In(language)}</dt><dd>{(Run.FenceDuty is null ? Marks.Free(Run.Reason, language) : Phrasebook.Say(Run.Reason, language))}</dd></div>
         <div><dt>{Glossary.Opened.In(language)}</dt><dd>{Figures.Moment(Run.OpenedAt)}</dd></div>
         <div><dt>{Glossary.Closed.In(language)}</dt><dd>{(Run.ClosedAt is { } closed ? Figures.Moment(closed) : "–")}</dd></div>
         {Participants(language)}
         {Links(language)}
         <div><dt>{Glossary.Plan.In(language)}</dt><dd>{Marks.Name(Run.Plan)}<div class="small soft"><code>{Short(Run.PlanHash)}</code></div></dd></div>
         {(Run.Scheduled is { } fire ? Html.Of($"<div><dt>{CalendarGlossary.Entry.In(language)}</dt><dd>{Marks.Name(fire.Schedule)}<div class=\"small soft\">{Figures.Moment(fire.FireTime)}</div></dd></div>") : Html.Empty)}
         {(Run.Forecast is { } forecast ? Html.Of($"<div><dt>{DiffGlossary.Forecast.In(language)}</dt><dd>{RunDiffPage.Forecast(forecast, language)}</dd></div>") : Html.Empty)}
         {(Run.ForecastErrorSeconds is { } error ? Html.Of($"<div><dt>{DiffGlossary.ForecastError.In(language)}</dt><dd>{RunDiffPage.Signed(error, language)}</dd></div>") : Html.Empty)}
         </dl>{(Before is { } before ? Html.Of($"<p><a href=\"/drills/{before}/diff/{Run.Id}\">{DiffGlossary.WithBefore.In(language)} (#{before})</a></p>") : Html.Empty)}</section>
         """);

    /// <summary>Who took part, each with the department of that day (7.2 d): on record once the run is closed.</summary>
    private Html Participants(Language language) => Run.Participants.Count == 0
        ? Html.Empty
        : Html.Of(
            $"<div><dt>{Glossary.Participants.In(language)}</dt><dd>{Html.Join(Run.Participants.Select(one => Html.Of($"<div>{Marks.Name(one.Person)} <span class=\"small soft\">{Marks.Free(one.Department, language)}{(one.Simulated ? Html.Of($" ({Glossary.Simulated.In(language)})") : Html.Empty)}</span></div>")))}</dd></div>");

    /// <summary>What is left to do, and the run that does it.</summary>
    private Html Links(Language language) => Html.Join(
    [
        Run.Duties.Count == 0 ? Html.Empty : Html.Of($"<div><dt>{Glossary.Duties.In(language)}</dt><dd>{Html.Join(Run.Duties.Select(duty => Html.Of($"<div>{Phrasebook.Say(duty, language)}</div>")))}</dd></div>"),
        Run.Findings.Count == 0 ? Html.Empty : Html.Of($"<div><dt>{Glossary.Findings.In(language)}</dt><dd>{Html.Join(Run.Findings.Select(one => Html.Of($"<div>{Marks.Name(one.Step)}: {Phrasebook.Say(one.Reason, language)}</div>")))}</dd></div>"),
        Run.ClosesRun is { } closes ? Html.Of($"<div><dt>{Glossary.ClosesRun.In(language)}</dt><dd><a href=\"/drills/{closes}\">#{closes}</a></dd></div>") : Html.Empty,
        Run.ClosedByRun is { } by ? Html.Of($"<div><dt>{Glossary.ClosedByRun.In(language)}</dt><dd><a href=\"/drills/{by}\">#{by}</a></dd></div>") : Html.Empty,
        Run.WouldCheck.Count == 0 ? Html.Empty : Html.Of($"<div><dt>{Glossary.WouldCheck.In(language)}</dt><dd>{Html.Join(Run.WouldCheck.Select(check => Html.Of($"<div><code>{check}</code></div>")))}</dd></div>"),
    ]);

    private Html Gates(Language language) => Run.Gates.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.Preflight.In(language)}</h2>
             <table><thead><tr><th>{Glossary.Check.In(language)}</th><th></th><th>{Glossary.Value.In(language)}</th><th>{Glossary.Limit.In(language)}</th><th>{Glossary.Source.In(language)}</th><th class="n">{Glossary.Age.In(language)}</th><th>{Glossary.Remedy.In(language)}</th></tr></thead><tbody>
             {Run.Gates.Select(gate => Html.Of($"<tr><td>{Phrasebook.Say(gate.Check, language)}</td><td>{Marks.Tag(gate.Passed ? "good" : "bad", (gate.Passed ? Glossary.Passed : Glossary.NotPassed).In(language))}</td><td>{Phrasebook.Say(gate.Value, language)}</td><td>{Phrasebook.Say(gate.Limit, language)}</td><td>{Phrasebook.Say(gate.Source, language)}</td><td class=\"n\">{Figures.Span(gate.Age, language)}</td><td>{(gate.Passed ? Html.Empty : Phrasebook.Say(gate.Remedy, language))}</td></tr>"))}
             </tbody></table></section>
             """);

    private Html Answers(Language language) => Run.Answers.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.Approvals.In(language)}</h2>
             <table><thead><tr><th>{Glossary.At.In(language)}</th><th>{Glossary.Item.In(language)}</th><th>{Glossary.Person.In(language)}</th><th></th><th>{Glossary.Note.In(language)}</th></tr></thead><tbody>
             {Run.Answers.Select(answer => Html.Of($"<tr><td class=\"nowrap\">{Figures.Moment(answer.At)}</td><td>{Marks.Name(answer.Item)}</td><td>{Marks.Name(answer.Person)}{(answer.Simulated ? Html.Of($" <span class=\"small soft\">({Glossary.Simulated.In(language)})</span>") : Html.Empty)}{MadeBy(answer.TokenMakers, language)}</td><td>{Marks.Tag(answer.Confirmed ? "good" : "bad", (answer.Confirmed ? Glossary.Confirmed : Glossary.Declined).In(language))}</td><td>{Marks.Free(answer.Note, language)}{(answer.Attachment is { } file ? Html.Of($"<div class=\"small\">{Glossary.Attachment.In(language)}{Glossary.Colon.In(language)}<a href=\"/api/v1/drills/{Run.Id}/attachments/{file.Sha256}\">{file.Name}</a> <code>{Short(file.Sha256)}</code></div>") : Html.Empty)}</td></tr>"))}
             </tbody></table></section>
             """);

    /// <summary>Who had a hand in a token, the nearest first.</summary>
    private static Html MadeBy(IReadOnlyList<string> makers, Language language) => makers.Count == 0
        ? Html.Empty
        : Html.Of($"<div class=\"small soft\">{Glossary.TokenMadeBy.In(language)}{Glossary.Colon.In(language)}{Html.Join(makers.SelectMany((maker, index) => new[] { Html.Of($"{(index == 0 ? "" : " ← ")}"), Marks.Name(maker) }))}</div>");

    private Html Evidence(Language language) => Records is not { } records
        ? Html.Empty
        : Html.Of(
            $"<section class=\"card\"><h2>{Glossary.Evidence.In(language)}</h2><p>#{records.First} – #{records.Last}{Glossary.Comma.In(language)}{(long)records.Count} {Glossary.Records.In(language)}{Glossary.Stop.In(language)}{Glossary.AuditPackHint.In(language)}{Glossary.Colon.In(language)}<code>dro evidence export --run {Run.Id}</code></p></section>");

    private static string Short(string hash) => hash.Length > 16 ? hash[..16] : hash;
}
