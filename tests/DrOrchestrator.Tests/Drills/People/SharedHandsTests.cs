using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.People;

/// <summary>A third person who had a hand in the tokens of two, so that one may have said both words.</summary>
public sealed class SharedHandsTests : IAsyncDisposable
{
    private const string Both = "'run-approval' rests on the words of li-wei, chen, and zhang had a hand in both their tokens: one person may have said both.";
    private static readonly Person Auditor = new("shen", "Shen", "Audit", [PersonRole.Auditor], null, false);
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task AnApproval_OverTokensThatOneMade_IsTakenAndItsRunIsToBeReviewed()
    {
        var run = await _bench.WaitForApprovalAsync(DrillBench.Operator.MadeBy("zhang", "operator"));

        var answer = await AnswerAsync(run, DrillBench.Approver.MadeBy("yan", "zhang"));
        await _bench.CarryAsync(run);

        answer.Accepted.Should().BeTrue("in many houses one administrator makes all tokens");
        var lines = await _bench.EntriesAsync(run);
        RunStory.Tell(lines.Single(entry => entry.Kind == JournalKinds.Answered)).Text.Should().Be($"chen confirmed run-approval, with a token made by yan, made by zhang; TO BE REVIEWED: {Both}");
        RunStory.Tell(lines[0]).Text.Should().StartWith("li-wei, with a token made by zhang, made by operator, asks for plan plan");
        lines.Single(entry => entry.Kind == JournalKinds.Closed).Data["sharedTokens"]!.ToJsonString().Should().Contain("\"makers\":[\"zhang\"]").And.Contain("\"reviewed\":false");
        var view = await _bench.ShowAsync(run);
        (view.Outcome, view.ToBeReviewed).Should().Be(("passed", true), "it counts for nothing until somebody has looked");
        view.RequesterTokenMakers.Should().Equal("zhang", "operator");
        view.Overrides.Single().Should().BeEquivalentTo(new { Kind = "shared-tokens", Subject = "run-approval", Text = Both, People = new[] { "chen" }, ReviewedBy = (string?)null });
    }

    [Fact]
    public async Task ItsReview_IsOfSomebodyInWhoseTokenThatOneHadNoHand()
    {
        var run = await _bench.WaitForApprovalAsync(DrillBench.Operator.MadeBy("zhang"));
        await AnswerAsync(run, DrillBench.Approver.MadeBy("zhang"));
        await _bench.CarryAsync(run);

        var results = new[]
        {
            await _bench.Drills.ReviewAsync(run, new Person("zhang", "Zhang", "IT", [PersonRole.Approver, PersonRole.Admin], null, false), "looked", default),
            await _bench.Drills.ReviewAsync(run, Auditor.MadeBy("yan", "zhang"), "looked", default),
            await _bench.Drills.ReviewAsync(run, Auditor, "asked both: each said it", default),
        };

        results.Select(result => result.Code).Should().Equal("own-run", "own-run", "accepted");
        results[1].Detail.Should().Be("zhang had a hand in the token of shen, as in those that are to be reviewed; review it with one that somebody else made, or with one of your own whose hash stands in the estate.");
        (await _bench.ShowAsync(run)).ToBeReviewed.Should().BeFalse();
    }

    [Fact]
    public async Task AnApproval_OverTokensThatOneMade_IsNotTakenWhereTheEstateWantsIndependentOnes()
    {
        Estate(estate => estate with { RequiresIndependentTokens = true });
        var run = await _bench.WaitForApprovalAsync(DrillBench.Operator.MadeBy("zhang"));

        var answer = await AnswerAsync(run, DrillBench.Approver.MadeBy("zhang"));

        answer.Should().Be(new AnswerResult(
            false, "shared-tokens", $"{Both} This estate wants independent tokens: answer with one that somebody else made, or with one of your own whose hash stands in the estate."));
        (await AnswerAsync(run, DrillBench.Approver.MadeBy("yan"))).Accepted.Should().BeTrue();
        (await _bench.ShowAsync(run)).Overrides.Should().BeEmpty();
    }

    [Fact]
    public async Task AQuorum_OfTokensThatOneMade_IsToBeReviewedOnceItIsThere()
    {
        var run = await _bench.WaitForApprovalAsync(quorum: 2);
        await AnswerAsync(run, DrillBench.Approver.MadeBy("zhang"));
        var half = (await _bench.ShowAsync(run)).ToBeReviewed;

        await AnswerAsync(run, DrillBench.Other.MadeBy("zhang"));

        half.Should().BeFalse();
        (await _bench.ShowAsync(run)).Overrides.Single().Text.Should().Be("'run-approval' rests on the words of chen, zhao, and zhang had a hand in both their tokens: one person may have said both.");
    }

    [Fact]
    public async Task ARefusal_WithSuchAToken_NeedsNoReview()
    {
        var run = await _bench.WaitForApprovalAsync(DrillBench.Operator.MadeBy("zhang"));

        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver.MadeBy("zhang"), false, "not today", default);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).ToBeReviewed.Should().BeFalse("who stops a run needs no second person");
    }

    [Fact]
    public async Task BreakGlass_WithATokenThatTheOtherOfTheTwoMade_IsNotGiven()
    {
        var adam = new Person("adam", "Adam", "IT", [PersonRole.Admin], null, false);
        _bench.World.FenceHolds = false;
        _bench.Step("fence").At("primary").Step("promote", promotes: new Promotion("ledger", "fence"));
        _bench.Have(DrillBench.Operator, DrillBench.Approver, adam);
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        var item = (await _bench.Drills.PendingAsync(null, default)).Single().Name;

        var results = new[]
        {
            await GiveAsync(run, item, adam),
            await GiveAsync(run, item, DrillBench.Approver.MadeBy("adam")),
            await GiveAsync(run, item, DrillBench.Approver.MadeBy("yan", "adam")),
            await GiveAsync(run, item, DrillBench.Approver.MadeBy("yan")),
        };
        await _bench.CarryAsync(run);

        results.Select(result => result.Code).Should().Equal("accepted", "own-run", "own-run", "accepted");
        results[1].Detail.Should().StartWith("The token of chen was made by adam, who has confirmed");
        _bench.World.Landed.Should().Equal("fence", "promote");
    }

    [Fact]
    public async Task BreakGlass_WithATokenOfAThird_IsNotReviewedWithAnotherThatThisOneMade()
    {
        _bench.World.FenceHolds = false;
        _bench.Step("fence").At("primary").Step("promote", promotes: new Promotion("ledger", "fence"));
        var run = await _bench.OpenRealAsync();
        await _bench.CarryAsync(run);
        var item = (await _bench.Drills.PendingAsync(null, default)).Single().Name;
        await GiveAsync(run, item, DrillBench.Approver.MadeBy("yan", "zhang"));
        await GiveAsync(run, item, DrillBench.Other);
        await _bench.CarryAsync(run);
        var shared = (await _bench.ShowAsync(run)).Overrides.Count(one => one.Kind == OverrideView.SharedTokens);

        var made = await _bench.Drills.ReviewAsync(run, Auditor.MadeBy("zhang"), "looked", default);
        var own = await _bench.Drills.ReviewAsync(run, Auditor, "looked", default);

        shared.Should().Be(0, "the other of the two has a token of nobody else");
        made.Should().Be(new AnswerResult(
            false, "own-run", "zhang had a hand in the token of shen, as in that of chen, who took part in this run; review it with one that somebody else made, or with one of your own whose hash stands in the estate."));
        own.Accepted.Should().BeTrue(own.Detail);
    }

    [Theory]
    [InlineData(false, "accepted")]
    [InlineData(true, "shared-tokens")]
    public async Task ADutyClosedByWord_OverTokensThatOneMade_IsToBeReviewed_OrNotTaken(bool required, string code)
    {
        _bench.World.FenceHolds = false;
        _bench.Step("fence").At("primary").Step("promote", promotes: new Promotion("ledger", "fence"));
        var run = await _bench.OpenRealAsync(opened => opened["requesterTokenMakers"] = new System.Text.Json.Nodes.JsonArray("zhang"));
        await _bench.CarryAsync(run);
        Estate(estate => estate with { RequiresIndependentTokens = required });
        var item = (await _bench.Drills.PendingAsync(null, default)).Single().Name;
        await GiveAsync(run, item, DrillBench.Approver);
        await GiveAsync(run, item, DrillBench.Other);
        await _bench.CarryAsync(run);
        await _bench.Drills.ReviewAsync(run, Auditor, "asked both", default);

        var settled = await _bench.Drills.SettleDutyAsync(run, "fence", DrillBench.Approver.MadeBy("yan", "zhang"), "scrapped", default);

        settled.Code.Should().Be(code);
        var view = await _bench.ShowAsync(run);
        (view.ToBeReviewed, view.UnfencedBehind.Count).Should().Be((!required, required ? 1 : 0));
        if (!required)
        {
            view.Overrides[^1].Text.Should().Be("'settle:fence' rests on the words of li-wei, chen, and zhang had a hand in both their tokens: one person may have said both.");
            RunStory.Tell((await _bench.EntriesAsync(run))[^1]).Text.Should().StartWith("chen closes the duty of fence: scrapped; TO BE REVIEWED: 'settle:fence' rests on");
            (await _bench.Drills.ReviewAsync(run, Auditor.MadeBy("zhang"), "looked", default)).Code.Should().Be("own-run");
            (await _bench.Drills.ReviewAsync(run, Auditor, "asked", default)).Accepted.Should().BeTrue();
            (await _bench.ShowAsync(run)).ToBeReviewed.Should().BeFalse();
        }
    }

    /// <summary>The first of two was given before the makers of tokens were kept: nobody knows whose hand it was.</summary>
    [Fact]
    public async Task AQuorum_OfWhichOneIsOfBeforeMakersWereKept_IsToBeReviewed()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 2, TimeSpan.FromMinutes(10)));
        _bench.Step("one");
        var run = await _bench.OpenRealAsync(opened => opened.Remove("requesterTokenMakers"));
        await _bench.CarryAsync(run);
        await SayWithoutMakersAsync(run);

        var second = await AnswerAsync(run, DrillBench.Other);

        second.Accepted.Should().BeTrue(second.Detail);
        (await _bench.ShowAsync(run)).Overrides.Single().Text.Should()
            .Be("'run-approval' rests on the words of li-wei, chen, zhao; who made the token of li-wei, chen was not kept then: one person may have said both.");
    }

    /// <summary>The release before kept the makers of each token of the store, and nothing where the hash stood in the estate: that one is nobody's.</summary>
    [Fact]
    public async Task AQuorum_OfWhichOneIsOfTheReleaseBeforeByAHashOfTheEstate_IsOfTwoHands()
    {
        Estate(estate => estate with { RequiresIndependentTokens = true });
        var run = await _bench.WaitForApprovalAsync(quorum: 2);
        await SayWithoutMakersAsync(run);

        var second = await AnswerAsync(run, DrillBench.Other);

        second.Accepted.Should().BeTrue(second.Detail);
        (await _bench.ShowAsync(run)).Overrides.Should().BeEmpty();
    }

    [Fact]
    public async Task AnAnswer_OverTokensOfDifferentHands_HasNothingOfSharedOnesOnItsLine()
    {
        var run = await _bench.WaitForApprovalAsync();

        await AnswerAsync(run, DrillBench.Approver);

        (await _bench.EntriesAsync(run)).Single(entry => entry.Kind == JournalKinds.Answered).Data.ContainsKey("sharedTokens").Should().BeFalse("evidence names what is so");
    }

    [Fact]
    public async Task ATabletopsApproval_IsNotDecidedByItsRequester()
    {
        _bench.MoreKinds.Add(DrOrchestrator.Drills.Steps.PersonStep.Approval(new LossNow()));
        _bench.Step("declare", "approval", with: """{"role":"approver","text":"Declare the disaster?"}""");
        var run = await _bench.OpenAsync(RunMode.Tabletop);
        await _bench.CarryAsync(run);
        var item = (await _bench.Drills.PendingAsync(null, default)).Single().Name;

        var own = await _bench.Drills.AnswerAsync(run, item, DrillBench.Operator, true, null, default);
        var made = await _bench.Drills.AnswerAsync(run, item, DrillBench.Approver.MadeBy("li-wei"), true, null, default);

        (own.Code, made.Code).Should().Be(("own-run", "own-run"), "a tabletop is a drill on record, too");
        (await _bench.Drills.AnswerAsync(run, item, DrillBench.Other, true, null, default)).Accepted.Should().BeTrue();
    }

    [Fact]
    public async Task TheEndOfAChain_AtTheDataFolder_IsThePersonTheEstateNamesForIt()
    {
        Estate(estate => estate with { LocalOperator = "li-wei" });
        var run = await _bench.WaitForApprovalAsync();

        var answer = await AnswerAsync(run, DrillBench.Approver.MadeBy("adam", "operator"));

        answer.Code.Should().Be("own-run", "whoever owns the data folder can make an admin who makes tokens");
    }

    [Fact]
    public async Task ARunAskedForBeforeMakersWereKept_IsToBeReviewed()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GatePasses = false;
        _bench.Step("one");
        var run = await _bench.OpenRealAsync(opened => opened.Remove("requesterTokenMakers"));
        await _bench.CarryAsync(run);

        var answer = await GiveAsync(run, "gate-override:1", DrillBench.Approver);

        answer.Accepted.Should().BeTrue("a disaster does not wait for a token of before");
        (await _bench.ShowAsync(run)).Overrides.Select(one => one.Text).Should()
            .Contain("'gate-override:1' rests on the words of li-wei, chen; who made the token of li-wei was not kept then: one person may have said both.");
    }

    [Fact]
    public async Task ATokenOfBeforeMakersWereKept_IsRefusedForWhoeverMayBeInItsChain_AndSaysSo()
    {
        var run = await _bench.WaitForApprovalAsync();

        var answer = await AnswerAsync(run, DrillBench.Approver.MadeBy("adam", "li-wei") with { TokenMakersKnown = false });

        answer.Detail.Should().Be(
            "The token of chen was made by li-wei, who asked for this run; answer with one that somebody else made. It is of before the chain of its makers was kept: everybody counts who may be in it.");
    }

    /// <summary>A line of chen as it was written before makers stood on every one.</summary>
    private async Task SayWithoutMakersAsync(long run)
    {
        var old = new System.Text.Json.Nodes.JsonObject { ["item"] = "run-approval", ["confirmed"] = true, ["settles"] = false, ["roles"] = new System.Text.Json.Nodes.JsonArray("approver") };
        await _bench.Reading.AppendAnswerAsync(run, new JournalDraft(JournalKinds.Answered, "chen", old), _ => null, default);
    }

    private async Task<AnswerResult> AnswerAsync(long run, Person person) => await _bench.Drills.AnswerAsync(run, "run-approval", person, true, null, default);

    private async Task<AnswerResult> GiveAsync(long run, string item, Person person) => await _bench.Drills.AnswerAsync(run, item, person, true, "the site burns", default);

    private void Estate(Func<Estate, Estate> change)
    {
        var holder = _bench.Process.GetRequiredService<EstateHolder>();
        holder.Swap(change(holder.Current));
    }
}
