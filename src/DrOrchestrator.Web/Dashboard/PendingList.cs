using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>What waits for a person, with how to answer: a form for those who may. Pure.</summary>
internal static class PendingList
{
    public static Html Render(WaitingItems waiting, Language language) => waiting.Items.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.WaitsForPeople.In(language)}</h2>
             {waiting.Items.Select(item => Row(item, waiting, language))}
             </section>
             """);

    private static Html Row(PendingItem item, WaitingItems waiting, Language language) => Html.Of(
        $"""
         <div class="waits"><p class="head"><a href="/drills/{item.Run}">#{item.Run}</a> <strong>{item.Kind.Word(language)}</strong> {Marks.Name(item.Name)}
         <span class="soft">{Glossary.Role.In(language)}{Glossary.Colon.In(language)}{item.Role.Word(language)}</span>
         <span class="soft">{Glossary.Deadline.In(language)}{Glossary.Colon.In(language)}<span class="nowrap">{(item.Deadline is { } deadline ? Figures.Moment(deadline) : "–")}</span></span></p>
         <p class="small soft">{People(item, language)}{Owner(item, language)}</p>
         <p class="question">{Phrasebook.Say(item.Question, language)}</p>
         {Answering(item, waiting, language)}</div>
         """);

    private static Html Answering(PendingItem item, WaitingItems waiting, Language language) =>
        waiting.IsSignedIn && waiting.MayAnswer(item) ? Form(item, language) : Html.Of(
            $"""
             {PointsOfNoReturn(item, Glossary.PointOfNoReturn, language)}
             <p class="small soft">{(waiting.IsSignedIn ? Html.Of($"{Glossary.NotYours.In(language)}") : Elsewhere(item, language))}</p>
             """);

    private static Html Elsewhere(PendingItem item, Language language) => Html.Of(
        $"<a href=\"/sign-in?to={Uri.EscapeDataString($"/drills/{item.Run}")}\">{Glossary.SignInToAnswer.In(language)}</a>{Glossary.Comma.In(language)}{Glossary.OrByCommand.In(language)}{Glossary.Colon.In(language)}<code>dro drill approve {item.Run} {item.Name} --reason TEXT</code>");

    /// <summary>How many are needed, who has said it, who may say it.</summary>
    private static Html People(PendingItem item, Language language) => Html.Of(
        $"{Glossary.Quorum.In(language)}{Glossary.Colon.In(language)}{(long)item.Quorum}{(item.Given.Count == 0 ? Html.Empty : Html.Of($" ({Glossary.GivenBy.In(language)} {Marks.Names(item.Given, language)})"))}{Glossary.Comma.In(language)}{Glossary.MayAnswer.In(language)}{Glossary.Colon.In(language)}{(item.MayAnswer.Count == 0 ? Html.Of($"{Glossary.NobodyMayAnswer.In(language)}") : Marks.Names(item.MayAnswer, language))}");

    private static Html Owner(PendingItem item, Language language) => Html.Join(
    [
        item.Owner is { } owner ? Html.Of($"{Glossary.Comma.In(language)}{Glossary.Owner.In(language)}{Glossary.Colon.In(language)}{Marks.Name(owner)}{(item.Department is { } department && department != owner ? Html.Of($" ({Marks.Free(department, language)})") : Html.Empty)}") : Html.Empty,
        item.Due is { } due ? Html.Of($"{Glossary.Comma.In(language)}{Glossary.Due.In(language)}{Glossary.Colon.In(language)}<span class=\"nowrap\">{Figures.Moment(due)}</span> {(item.Overdue ? Marks.Tag("bad", Glossary.TaskOverdue.In(language)) : Html.Empty)}") : Html.Empty,
    ]);

    /// <summary>A text area, in which the enter key ends a line: in a one-line field it would press the first button.</summary>
    private static Html Form(PendingItem item, Language language) => Html.Of(
        $"""
         <form class="answer" method="post" action="/drills/{item.Run}"{(item.Attachment is null ? Html.Empty : Html.Of($" enctype=\"multipart/form-data\""))}>
         <input type="hidden" name="item" value="{item.Name}">
         <label>{(item.Kind == "break-glass" ? Glossary.ReasonOfOverride : Glossary.ReasonOfAnswer).In(language)}<textarea name="note" rows="2" maxlength="{(long)AnswerForm.LongestNote}"></textarea></label>
         {(item.Attachment is { } attachment ? Html.Of($"<label>{(attachment == Question.AttachmentRequired ? Glossary.AttachmentNeeded : Glossary.Attachment).In(language)}<input type=\"file\" name=\"file\" accept=\"{string.Join(',', Attachments.Endings)}\"></label>") : Html.Empty)}
         {PointsOfNoReturn(item, Glossary.ConfirmCovers, language)}
         <button class="yes" name="answer" value="confirm">{Glossary.Confirm.In(language)}</button><button class="no" name="answer" value="refuse">{Glossary.Refuse.In(language)}</button>
         </form>
         """);

    private static Html PointsOfNoReturn(PendingItem item, Word title, Language language) => item.PointsOfNoReturn.Count == 0
        ? Html.Empty
        : Html.Of($"<p class=\"ponr\">{title.In(language)}{Glossary.Colon.In(language)}{Marks.Names(item.PointsOfNoReturn, language)}</p>");
}
