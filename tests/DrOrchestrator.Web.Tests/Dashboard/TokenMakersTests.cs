using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>Who made the tokens of a run's words, on its page in both languages, and what is said where one person may have said two of them.</summary>
public sealed class TokenMakersTests
{
    private const string Both = "'run-approval' rests on the words of rita, anna, and adam had a hand in both their tokens: one person may have said both.";

    [Theory]
    [InlineData("zh-CN", "令牌签发人：", "所用令牌经同一人之手签发", "双方令牌的签发均经")]
    [InlineData("en", "token made by: ", "given with tokens that one person had a hand in", "had a hand in both their tokens")]
    public async Task Drill_WhoseTokensOneMade_NamesTheMakersAndWantsAReview(string language, string madeBy, string banner, string why)
    {
        var answer = new AnswerView("run-approval", "anna", true, null, Samples.Start, false) { TokenMakers = ["yan", "adam"] };
        var found = new OverrideView(OverrideView.SharedTokens, "run-approval", null, Both, Samples.Start, ["anna"], [""], null, null, null);
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(1) with { RequesterTokenMakers = ["adam"], Answers = [answer], Overrides = [found] }));
        using var client = server.Operator();

        var page = await client.GetStringAsync("/drills/1?lang=" + language);

        page.Should().Contain($"{madeBy}<span translate=\"no\">adam</span></div></dd>", "who asked for it").And.Contain($"{madeBy}<span translate=\"no\">yan</span> ← <span translate=\"no\">adam</span></div></td>");
        page.Should().ContainAll(banner, why).And.NotContain(Glossary.OverrideBanner.In(language == "en" ? Language.English : Language.Chinese), "nobody set a rule aside");
    }

    [Theory]
    [InlineData(Both, "而双方令牌的签发均经")]
    [InlineData(Both + " This estate wants independent tokens: answer with one that somebody else made, or with one of your own whose hash stands in the estate.", "本配置要求令牌相互独立")]
    [InlineData("run 4 waits for its review: 'a' rests on the words of li-wei, chen; who made the token of li-wei was not kept then: one person may have said both.", "所用令牌的签发人当时未予记录")]
    [InlineData("The token of chen was made by adam, who asked for this run; answer with one that somebody else made. It is of before the chain of its makers was kept: everybody counts who may be in it.", "尚未记录完整的签发链")]
    [InlineData("zhang had a hand in the token of shen, as in those that are to be reviewed; review it with one that somebody else made, or with one of your own whose hash stands in the estate.", "待复核的令牌均经")]
    [InlineData("The estate has no sun any more, who did or confirmed step 'task'; nobody can tell that somebody else checks it. Put that id back, or say whose it was (formerly).", "已不在配置中")]
    [InlineData("The world is not as the journal has it: step 'traffic': deployment/api was scaled to 5 and has 0 replicas; approval 'run-approval': chen, zhao may not give that word any more. Look who serves now, then confirm to go on from the journal or refuse to abort.", "现场与运行记录不一致")]
    [InlineData("The world is not as the journal has it: approval 'run-approval': the token with which chen gave that word was revoked; approval 'go': chen is chen.yu by now, as the estate says. Look who serves now, then confirm to go on from the journal or refuse to abort.", "令牌已被吊销")]
    [InlineData("The world is not as the journal has it: step 'lift': statefulset/store is held by a fence again; step 'again': one was made a standby and is a primary; step 'route': it does not stand any more: /opt/bank/at says: exit code 3. Look who serves now, then confirm to go on from the journal or refuse to abort.", "又被隔离")]
    [InlineData("The estate was changed while this run was under way: approval 'run-approval': chen may not give that word any more. Look who serves now, then confirm to go on from the journal or refuse to abort.", "已无权作出该应答")]
    [InlineData("The estate was changed while this run was under way. Look who serves now, then confirm to go on from the journal or refuse to abort.", "本次运行期间配置已变更")]
    public void Say_OfTokensAndTheirMakers_KnowsTheSentence(string english, string chinese) =>
        Phrasebook.Say(english, Language.Chinese).Markup.Should().Contain(chinese).And.NotContain("lang=\"en\"");
}
