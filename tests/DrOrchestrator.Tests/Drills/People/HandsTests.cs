using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.People;

/// <summary>One administrator who makes tokens for others is one person, whatever the tokens are called.</summary>
public sealed class HandsTests : IAsyncDisposable
{
    private static readonly Person Adam = new("adam", "Adam", "IT", [PersonRole.Operator, PersonRole.Approver, PersonRole.Admin], null, false);
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task AnApprovalByWhoMadeTheRequestersToken_IsNotTaken()
    {
        var run = await WaitingAsync(DrillBench.Operator.MadeBy("adam"));

        var own = await AnswerAsync(run, Adam);

        own.Should().Be(new AnswerResult(false, "own-run", "The token with which li-wei asked for this run was made by adam; somebody else must approve it."));
        (await AnswerAsync(run, DrillBench.Approver)).Accepted.Should().BeTrue();
        var opened = (await _bench.EntriesAsync(run))[0].Data;
        opened["requesterToken"]!.GetValue<long>().Should().Be(7);
        opened["requesterTokenMakers"]!.AsArray().Select(maker => maker!.GetValue<string>()).Should().Equal("adam");
    }

    [Fact]
    public async Task AnApprovalWithATokenThatGoesBackToTheRequester_IsNotTaken_OverHoweverManyHands()
    {
        var run = await WaitingAsync(Adam);

        var answer = await AnswerAsync(run, DrillBench.Approver.MadeBy("yan", "adam", "operator"));

        answer.Should().Be(new AnswerResult(false, "own-run", "The token of chen was made by adam, who asked for this run; answer with one that somebody else made."));
    }

    [Fact]
    public async Task AnApprovalWithATokenOfThePlansAuthor_IsNotTaken()
    {
        var run = await WaitingAsync(DrillBench.Operator);

        (await AnswerAsync(run, DrillBench.Approver.MadeBy("author"))).Detail.Should().Be("The token of chen was made by author, who wrote the plan of this run; answer with one that somebody else made.");
    }

    [Fact]
    public async Task AQuorumOfOnePersonAndATokenHeMade_DoesNotCountTwice_WhicheverComesFirst()
    {
        var (first, second) = (await WaitingAsync(DrillBench.Operator, quorum: 2), DrillBench.Approver.MadeBy("adam"));

        var codes = new List<AnswerResult> { await AnswerAsync(first, Adam), await AnswerAsync(first, second) };
        await AbortAsync(first);
        var other = await WaitingAsync(DrillBench.Operator, quorum: 2);
        codes.AddRange([await AnswerAsync(other, second), await AnswerAsync(other, Adam), await AnswerAsync(other, DrillBench.Other)]);

        codes.Select(code => code.Code).Should().Equal("accepted", "own-run", "accepted", "own-run", "accepted");
        codes[1].Detail.Should().Be("The token of chen was made by adam, who has confirmed 'run-approval' already; answer with one that somebody else made.");
        codes[3].Detail.Should().Be("The token with which chen confirmed 'run-approval' was made by adam; somebody else must confirm it.");
        (await _bench.ShowAsync(other)).Answers[0].TokenMakers.Should().Equal("adam");
    }

    [Fact]
    public async Task ARequesterTheEstateHasNoMore_IsApprovedByNobodyUnderAnotherName()
    {
        var run = await WaitingAsync(DrillBench.Operator);
        _bench.Have(DrillBench.Operator with { Id = "li.wei", Roles = [PersonRole.Operator, PersonRole.Approver] }, DrillBench.Approver);

        var answer = await AnswerAsync(run, DrillBench.Operator with { Id = "li.wei", Roles = [PersonRole.Operator, PersonRole.Approver] });

        answer.Detail.Should().Be("The estate has no li-wei any more, who asked for this run; nobody can tell that somebody else approves it. Put that id back, or abort the run and ask for it again.");
    }

    [Fact]
    public async Task AReviewWithATokenOfWhoTookPart_OrByWhoGaveAnOrder_IsNotTaken()
    {
        var run = await OverriddenAsync(pause: true);
        await _bench.Drills.OrderAsync(run, RunOrder.Abort, Adam, "enough", default);
        await _bench.CarryAsync(run);
        var auditor = new Person("shen", "Shen", "Audit", [PersonRole.Auditor], null, false);

        var results = new[]
        {
            await _bench.Drills.ReviewAsync(run, auditor.MadeBy("li-wei"), "looked", default),
            await _bench.Drills.ReviewAsync(run, Adam, "looked", default),
            await _bench.Drills.ReviewAsync(run, auditor.MadeBy("zhang"), "looked", default),
        };

        results.Select(result => result.Code).Should().Equal("own-run", "own-run", "accepted");
        results[0].Detail.Should().Be("The token of shen was made by li-wei, who took part in this run; review it with one that somebody else made.");
    }

    [Fact]
    public async Task AnOverride_CoversWhatItWasAskedFor_AndNothingFarWorse()
    {
        var run = await OverriddenAsync(pause: true);
        _bench.GateValue = "4h";

        await _bench.Drills.OrderAsync(run, RunOrder.Resume, DrillBench.Operator, null, default);
        await _bench.CarryAsync(run);

        var waiting = await _bench.ShowAsync(run);
        waiting.WaitingFor.Should().Be("gate-override 'gate-override:2' by approver", "who accepts three seconds has not accepted four hours");
        (await _bench.Drills.AnswerAsync(run, "gate-override:1", DrillBench.Other, true, "still", default)).Code.Should().NotBe("accepted");
        waiting.Gates.Should().Contain(gate => gate.Value == "4h");
    }

    [Theory]
    [InlineData("5 s", false)]
    [InlineData("6 s", false)]
    [InlineData("7 s", true)]
    [InlineData("nothing answers", true)]
    public async Task AnOverride_OfAValueThatCreeps_IsAskedForAgainAtTwiceOfIt(string later, bool again)
    {
        var run = await OverriddenAsync(pause: true);
        _bench.GateValue = later;

        await _bench.Drills.OrderAsync(run, RunOrder.Resume, DrillBench.Operator, null, default);
        await _bench.CarryAsync(run);

        (await _bench.EntriesAsync(run)).Count(entry => entry.Kind == JournalKinds.Asked).Should().Be(again ? 2 : 1);
    }

    private async Task<AnswerResult> AnswerAsync(long run, Person person) => await _bench.Drills.AnswerAsync(run, "run-approval", person, true, null, default);

    private async Task AbortAsync(long run)
    {
        await _bench.Drills.OrderAsync(run, RunOrder.Abort, DrillBench.Operator, "again", default);
        await _bench.CarryAsync(run);
    }

    /// <summary>A real run whose one gate, with 3 s, was set aside by chen.</summary>
    private async Task<long> OverriddenAsync(bool pause = false)
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GatePasses = false;
        _bench.Step("one");
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        if (pause)
        {
            await _bench.Drills.OrderAsync(run, RunOrder.Pause, DrillBench.Operator, "wait", default);
        }

        (await _bench.Drills.AnswerAsync(run, "gate-override:1", DrillBench.Approver, true, "the site burns", default)).Accepted.Should().BeTrue();
        await _bench.CarryAsync(run);
        return run;
    }

    private Task<long> WaitingAsync(Person requester, int quorum = 1)
    {
        if (_bench.Approvals.Count == 0)
        {
            _bench.Have(DrillBench.Operator, DrillBench.Approver, DrillBench.Other, Adam);
        }

        return _bench.WaitForApprovalAsync(requester, quorum);
    }
}

/// <summary>Tokens by the chain of who made them.</summary>
internal static class MadeTokens
{
    /// <param name="makers">The nearest first.</param>
    public static Person MadeBy(this Person person, params IReadOnlyList<string> makers) => person with { TokenId = 7, TokenMakers = makers };
}
