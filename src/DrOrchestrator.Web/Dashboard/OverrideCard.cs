using DrOrchestrator.Drills;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Rules that people set aside in a run: loud while it is asked and while it waits for its review, on the page for good. Pure.</summary>
internal static class OverrideCard
{
    public static Html Banner(RunView run, WaitingItems waiting, Language language) => Html.Join(
    [
        waiting.Items.Any(item => item.Kind == "break-glass") ? Loud(Glossary.BreakGlassBanner, language) : Html.Empty,
        run.Overrides.Any(one => one is { ReviewedBy: null, Kind: not OverrideView.SharedTokens }) ? Loud(Glossary.OverrideBanner, language) : Html.Empty,
        run.Overrides.Any(one => one is { ReviewedBy: null, Kind: OverrideView.SharedTokens }) ? Loud(Glossary.SharedTokensBanner, language) : Html.Empty,
        run.UnfencedBehind.Count == 0
            ? Html.Empty
            : Html.Of($"<p class=\"banner bad\" role=\"alert\"><strong>{Glossary.UnfencedBanner.In(language)}{Glossary.Colon.In(language)}</strong>{Marks.Names(run.UnfencedBehind, language)}</p>"),
    ]);

    public static Html Render(RunView run, bool mayReview, Language language) => run.Overrides.Count == 0
        ? Html.Empty
        : Html.Of(
            $"""
             <section class="card"><h2>{Glossary.OverridesTitle.In(language)}</h2>
             {run.Overrides.Select(one => Row(one, language))}
             {(mayReview ? Form(run, language) : Html.Empty)}
             </section>
             """);

    private static Html Loud(Word word, Language language) => Html.Of($"<p class=\"banner bad\" role=\"alert\"><strong>{word.In(language)}</strong></p>");

    private static Html Row(OverrideView one, Language language) => Html.Of(
        $"""
         <div class="waits"><p class="head"><strong>{one.Kind.Word(language)}</strong> {Marks.Name(one.Subject)} <span class="soft nowrap">{Figures.Moment(one.At)}</span>
         {(one.ReviewedBy is null ? Marks.Tag("bad", Glossary.NotReviewed.In(language)) : Html.Empty)}</p>
         <p class="question">{Phrasebook.Say(one.Text, language)}</p>
         {(one.Kind == OverrideView.SharedTokens ? [] : one.People.Zip(one.Reasons, (person, reason) => Html.Of($"<p>{Marks.Name(person)}{Glossary.Colon.In(language)}{Marks.Free(reason, language)}</p>")))}
         {(one.ReviewedBy is { } reviewer ? Html.Of($"<p>{Glossary.ReviewedBy.In(language)} {Marks.Name(reviewer)} <span class=\"soft nowrap\">{Figures.Moment(one.ReviewedAt!.Value)}</span>{Glossary.Colon.In(language)}{Marks.Free(one.ReviewReason, language)}</p>") : Html.Empty)}</div>
         """);

    private static Html Form(RunView run, Language language) => Html.Of(
        $"""
         <form class="answer" method="post" action="/drills/{run.Id}/review">
         <label>{Glossary.ReviewFinding.In(language)}<textarea name="note" rows="3" required maxlength="{(long)AnswerForm.LongestNote}"></textarea></label>
         <button class="yes">{Glossary.Review.In(language)}</button>
         </form>
         """);
}
