using System.Globalization;
using DrOrchestrator.Calendars;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The calendar: what is next, what became of the last, what was missed, which freezes hold. Pure.</summary>
internal static class CalendarPage
{
    public static Html Render(CalendarStanding standing, Language language) => Html.Of(
        $"""
         {standing.Entries.Select(entry => Standing(entry, language))}
         <section class="card"><h2>{CalendarGlossary.Entries.In(language)}</h2>
         {(standing.Entries.Count == 0 ? Html.Of($"<p class=\"soft\">{CalendarGlossary.NoEntries.In(language)}</p>") : Table(standing, language))}
         <p class="small soft">{CalendarGlossary.AsOf.In(language)}{Glossary.Colon.In(language)}{(standing.At == DateTimeOffset.MinValue ? "–" : Figures.Moment(standing.At))}</p></section>
         {Freezes(standing.Freezes, language)}
         """);

    /// <summary>Could we switch now, for the card of a system.</summary>
    public static Html Readiness(IReadOnlyList<SwitchReadiness> readiness, Language language) => readiness.Count == 0
        ? Html.Empty
        : Html.Of($"<div><dt>{CalendarGlossary.CanSwitch.In(language)}</dt><dd>{readiness.Select(one => Readiness(one, language))}</dd></div>");

    /// <summary>The next drill, for the card of a system.</summary>
    public static Html Next(NextDrill? next, Language language) => next is null
        ? Html.Empty
        : Html.Of($"<div><dt>{CalendarGlossary.NextDrill.In(language)}</dt><dd><a href=\"/calendar\">{Minute(next.At)} {Marks.Name(next.Plan)}</a> {next.Mode.Word(language)}{(next.FrozenBy is { } freeze ? Html.Of($" <span class=\"warn\">{CalendarGlossary.FrozenBy.In(language)} {Marks.Name(freeze)}</span>") : Html.Empty)}</dd></div>");

    private static Html Readiness(SwitchReadiness one, Language language) => Html.Of(
        $"<div>{Tag(one.State, language)} {Marks.Name(one.Plan)}{(one.ReadAt is { } at ? Html.Of($" <span class=\"small soft\">{Figures.Moment(at)}</span>") : Html.Empty)}<div class=\"small soft\">{Phrasebook.Say(one.Reason, language)}</div></div>");

    private static Html Tag(CanSwitch state, Language language) => state switch
    {
        CanSwitch.Yes => Marks.Tag("good", CalendarGlossary.Yes.In(language)),
        CanSwitch.No => Marks.Tag("bad", CalendarGlossary.No.In(language)),
        _ => Marks.Tag("none", CalendarGlossary.NotKnown.In(language)),
    };

    /// <summary>What is still to be made up for stands before everything else.</summary>
    private static Html Standing(CalendarLine entry, Language language) => entry switch
    {
        { Standing: { } fire } => Html.Of($"<p class=\"banner warn\"><strong>{CalendarGlossary.Of(fire.Outcome).In(language)}{Glossary.Colon.In(language)}{Marks.Name(entry.Name)}{Glossary.Stop.In(language)}</strong>{Phrasebook.Say(fire.Text, language)}</p>"),
        { Overdue: { } overdue } => Html.Of($"<p class=\"banner warn\"><strong>{Glossary.Overdue.In(language)}{Glossary.Colon.In(language)}{Marks.Name(entry.Name)}{Glossary.Stop.In(language)}</strong>{OverdueWords.Finding(overdue, language)}</p>"),
        _ => Html.Empty,
    };

    private static Html Table(CalendarStanding standing, Language language) => Html.Of(
        $"""
         <table><thead><tr><th>{CalendarGlossary.Entry.In(language)}</th><th>{Glossary.Kind.In(language)}</th><th>{Glossary.Plan.In(language)}</th><th>{CalendarGlossary.NextTimes.In(language)}</th><th>{CalendarGlossary.LastTime.In(language)}</th><th>{CalendarGlossary.Missed.In(language)}</th></tr></thead><tbody>
         {standing.Entries.Select(entry => Row(entry, language))}
         </tbody></table>
         """);

    private static Html Row(CalendarLine entry, Language language) => Html.Of(
        $"""
         <tr><td>{Marks.Name(entry.Name)}</td>
         <td>{CalendarGlossary.OfKind(entry.Kind).In(language)}{(entry.Mode is { } mode ? Html.Of($"<div class=\"small soft\">{mode.Word(language)}</div>") : Html.Empty)}{(entry.Requester is { } requester ? Html.Of($"<div class=\"small soft\">{Glossary.RequestedBy.In(language)}{Glossary.Colon.In(language)}{Marks.Name(requester)}</div>") : Html.Empty)}</td>
         <td>{Marks.Name(entry.Plan)}<div class="small soft">{Marks.Names(entry.Systems, language)}</div></td>
         <td>{entry.Next.Select(next => Next(next, language))}<div class="small soft">{Marks.Name(entry.TimeZone)}</div></td>
         <td>{(entry.Last is { } last ? Last(last, entry, language) : Html.Of($"–"))}{(entry.Readiness is { } readiness ? Html.Of($"<div>{CalendarGlossary.CanSwitch.In(language)}{Glossary.Colon.In(language)}{Tag(readiness.State, language)}</div>") : Html.Empty)}</td>
         <td>{entry.Missed.Select(fire => Html.Of($"<div class=\"nowrap warn\">{Local(fire.FireTime, entry.TimeZone)}</div>"))}</td></tr>
         """);

    private static Html Next(NextFire next, Language language) => Html.Of(
        $"<div class=\"nowrap\">{Minute(next.At)}{(next.FrozenBy is { } freeze ? Html.Of($" <span class=\"warn\">{CalendarGlossary.FrozenBy.In(language)} {Marks.Name(freeze)}</span>") : Html.Empty)}</div>");

    private static Html Last(Fire last, CalendarLine entry, Language language) => Html.Of(
        $"<div class=\"nowrap\">{Local(last.FireTime, entry.TimeZone)} {Marks.Tag(Tone(last.Outcome), CalendarGlossary.Of(last.Outcome).In(language))}{(last.Run is { } run ? Html.Of($" <a href=\"/drills/{run}\">#{run}</a>") : Html.Empty)}</div><div class=\"small soft\">{Phrasebook.Say(last.Text, language)}</div>");

    private static string Tone(FireOutcome outcome) => outcome switch
    {
        FireOutcome.Opened or FireOutcome.Passed => "good",
        FireOutcome.NotPassed => "bad",
        FireOutcome.Frozen => "none",
        _ => "warn",
    };

    private static Html Freezes(IReadOnlyList<FreezeStanding> freezes, Language language) => freezes.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{CalendarGlossary.Freezes.In(language)}</h2>
             <table><thead><tr><th>{CalendarGlossary.Freeze.In(language)}</th><th>{CalendarGlossary.Days.In(language)}</th><th>{Glossary.Systems.In(language)}</th><th>{CalendarGlossary.Signer.In(language)}</th><th>{Glossary.Reason.In(language)}</th><th>{Glossary.State.In(language)}</th></tr></thead><tbody>
             {freezes.Select(freeze => Html.Of($"<tr><td>{Marks.Name(freeze.Name)}</td><td class=\"nowrap\">{freeze.Days} <span class=\"small soft\">{Marks.Name(freeze.TimeZone)}</span></td><td>{(freeze.Systems.Count == 0 ? Html.Of($"{CalendarGlossary.All.In(language)}") : Marks.Names(freeze.Systems, language))}</td><td>{Marks.Free(freeze.Signer, language)}</td><td>{Marks.Free(freeze.Reason, language)}</td><td>{(freeze.LastDay is { } day ? Html.Of($"{Marks.Tag("warn", CalendarGlossary.InForce.In(language))} {Glossary.Until.In(language)} {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}") : Html.Of($"–"))}</td></tr>"))}
             </tbody></table></section>
             """);

    private static string Local(DateTimeOffset at, string timeZone) => Minute(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(timeZone)));

    /// <summary>With the offset, since the page's other times are UTC.</summary>
    private static string Minute(DateTimeOffset at) => at.ToString(at.Offset == TimeSpan.Zero ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
}
