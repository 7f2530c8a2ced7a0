using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.People;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary>What people complain of in tools that run drills, each with tests of its name.</summary>
public sealed class ComplaintsTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task TwoWritableSides_APromotionOfAnOwnerThatStoodStillIsNotSent()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("fence").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"));
        long run = 0;
        _bench.Restart((draft, written) =>
        {
            if (draft.Kind == JournalKinds.Intent && draft.Step == "promote" && written)
            {
                clock.Advance(TimeSpan.FromSeconds(30));
                _bench.Second().GetRequiredService<IDrillJournal>().ClaimAsync(run, "another", (_, _) => [], default).GetAwaiter().GetResult();
            }

            return false;
        });
        run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);

        await _bench.CarryAsync(run);

        _bench.World.Story.Should().Contain("prepare promote").And.NotContain("execute promote");
        _bench.Process.GetRequiredService<DrOrchestrator.Estates.IServingSites>().ServingSiteOf("ledger").Should().Be("primary");
    }

    /// <summary>What a fence step said when it was done is not what holds when the promotion is sent.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TwoWritableSides_APromotionIsSentOnlyOverAFenceThatHoldsAtThatMoment(bool holds)
    {
        _bench.Step("fence").Step("promote", promotes: new Promotion("ledger", "fence"));
        _bench.Restart((draft, written) =>
        {
            _bench.World.FenceHolds &= holds || !(draft.Kind == JournalKinds.Outcome && draft.Step == "fence" && written);
            return false;
        });

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        _bench.World.Story.Contains("execute promote").Should().Be(holds);
        (await _bench.ShowAsync(run)).Steps.Single(step => step.Name == "promote").State.Should().Be(holds ? "done" : "failed");
    }

    [Theory]
    [InlineData(JournalKinds.Intent, true)]
    [InlineData(JournalKinds.Outcome, false)]
    [InlineData(JournalKinds.Outcome, true)]
    public async Task AStepRunTwiceAfterACrash_IsObservedAndItsEffectHappensOnce(string kind, bool after)
    {
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) => draft.Kind == kind && draft.Step == "one" && written == after);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        var before = _bench.World.Landed.ToList();
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        before.Should().Equal(kind == JournalKinds.Intent ? [] : ["one"]);
        _bench.World.Story.Count(line => line == "execute one").Should().Be(1);
        _bench.World.Landed.Should().Equal("one", "two");
    }

    [Fact]
    public async Task AStepRunTwiceAfterACrash_IsObservedAndNotRepeatedAlsoWhenItWasStopped()
    {
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Outcome && draft.Step == "one" && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();
        await _bench.OrderAsync(run, RunOrder.Pause);
        await _bench.CarryAsync(run);

        await _bench.OrderAsync(run, RunOrder.Resume);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Story.Count(line => line == "execute one").Should().Be(1);
        _bench.World.Landed.Should().Equal("one", "two");
    }

    [Fact]
    public async Task AnApprovalByThePersonWhoAsked_IsNotGivenWithTheTokenTheyMadeForAnother_NorOverATokenTheyWereMade()
    {
        var adam = new DrOrchestrator.Estates.Person("adam", "Adam", "IT", DrillBench.Operator.Roles, null, false);
        _bench.Have(DrillBench.Operator, DrillBench.Approver, adam);
        var run = await _bench.WaitForApprovalAsync(DrillBench.Operator.MadeBy("adam"));

        string[] codes =
        [
            await ApproveAsync(run, DrillBench.Operator),
            await ApproveAsync(run, DrillBench.Approver.MadeBy("li-wei")),
            await ApproveAsync(run, DrillBench.Approver.MadeBy("yan", "li-wei")),
            await ApproveAsync(run, adam),
        ];
        await _bench.CarryAsync(run);

        codes.Should().AllBe("own-run");
        _bench.World.Landed.Should().BeEmpty("nobody else has said a word");
        (await ApproveAsync(run, DrillBench.Approver)).Should().Be("accepted");
    }

    [Fact]
    public async Task AnApprovalByThePersonWhoAsked_LetsNobodyOverrideTheirOwnGate()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GatePasses = false;
        _bench.Step("one");
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);

        var answer = await _bench.Drills.AnswerAsync(run, "gate-override:1", DrillBench.Operator, true, "I know what I do", default);
        await _bench.CarryAsync(run);

        answer.Code.Should().Be("own-run");
        _bench.World.Landed.Should().BeEmpty();
        (await _bench.Drills.AnswerAsync(run, "gate-override:1", DrillBench.Approver, true, "the site burns", default)).Accepted.Should().BeTrue();
    }

    /// <summary>Whatever became of the step that was in flight: it is looked at first, then everything is put back, the newest first.</summary>
    [Theory]
    [InlineData(JournalKinds.Intent, true)]
    [InlineData(JournalKinds.Outcome, false)]
    public async Task ARollbackThatDoesNotRunWhenItIsMostNeeded_RunsAfterAnAbortOverADeadOwner(string kind, bool after)
    {
        _bench.Step("one").Step("two").Step("three");
        _bench.Restart((draft, written) => draft.Kind == kind && draft.Step == "three" && written == after);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        (view.Outcome, view.RolledBack).Should().Be(("aborted", true));
        _bench.World.Undone.Should().Equal("three", "two", "one");
        _bench.World.Story.IndexOf("observe three").Should().BePositive().And.BeLessThan(_bench.World.Story.IndexOf("undo three"));
    }

    [Theory]
    [InlineData(JournalKinds.UndoIntent, true)]
    [InlineData(JournalKinds.UndoOutcome, false)]
    [InlineData(JournalKinds.UndoOutcome, true)]
    public async Task ARollbackThatDoesNotRunWhenItIsMostNeeded_GoesOnWhereItsOwnerDiedInTheMiddleOfIt(string kind, bool after)
    {
        _bench.Step("one").Step("two").Step("three");
        _bench.World.Next("three", new StepOutcome.Failed("refused"));
        _bench.Restart((draft, written) => draft.Kind == kind && draft.Step == "two" && written == after);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();

        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        (view.Outcome, view.RolledBack).Should().Be(("failed", true));
        _bench.World.Undone.Distinct().Should().Equal("three", "two", "one");
        view.Steps.Should().OnlyContain(step => step.State == "undone");
    }

    [Fact]
    public async Task APassedBeforeTheSystemIsSafeAgain_IsNotSaidOfASwitchWhosePlanHasNoWayBack()
    {
        _bench.Serves = true;
        _bench.Step("fence").Step("promote", promotes: new Promotion("ledger", "fence"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("switched-not-returned");
        view.Duties.Should().Equal("re-protect the system: bring a standby back and see it caught up", "fail back to the declared serving site by a linked run");
    }

    /// <summary>Every step of the way back is done and the service answers; where it answers from is what counts.</summary>
    [Theory]
    [InlineData("dr", "switched-not-returned")]
    [InlineData("primary", "passed")]
    public async Task APassedBeforeTheSystemIsSafeAgain_IsSaidOfAWayBackThatIsDoneOnlyWhereItLedHome(string servesFrom, string outcome)
    {
        _bench.Serves = true;
        _bench.Step("fence", site: "primary").Step("promote", promotes: new Promotion("ledger", "fence"));
        _bench.Step("fence-dr", wayBack: true, site: "dr");
        if (servesFrom == "primary")
        {
            _bench.Step("return", wayBack: true, promotes: new Promotion("ledger", "fence-dr"), site: "primary");
        }

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Steps.Should().OnlyContain(step => step.State == "done");
        view.Outcome.Should().Be(outcome);
        view.Duties.Contains("fail back to the declared serving site by a linked run").Should().Be(servesFrom == "dr");
    }

    [Fact]
    public async Task APassedBeforeTheSystemIsSafeAgain_IsNotSaidWhileTheServiceIsNotBack()
    {
        _bench.Serves = true;
        _bench.Step("fence").Step("promote", promotes: new Promotion("ledger", "fence")).Step("back", wayBack: true, verify: true, timeout: TimeSpan.FromMilliseconds(50));
        _bench.RailHolds = () => false;

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("switched-not-returned");
        view.Duties.Should().Contain("fail back to the declared serving site by a linked run");
    }

    /// <summary>Everything is done; but nobody is served.</summary>
    [Fact]
    public async Task APassedBeforeTheSystemIsSafeAgain_IsNotSaidOverAServiceThatIsDown()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Serves = true;
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) =>
        {
            _bench.Serves &= !(draft.Kind == JournalKinds.Outcome && draft.Step == "two" && written);
            return false;
        });
        var run = await _bench.OpenAsync();

        var carrying = _bench.CarryAsync(run);
        while (!carrying.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await carrying;
        var view = await _bench.ShowAsync(run);
        view.Steps.Should().OnlyContain(step => step.State == "undone");
        view.Outcome.Should().NotBe("passed");
        view.WaitingFor.Should().NotBeNull("a person says how to go on over a service that is down");
    }

    private async Task<string> ApproveAsync(long run, DrOrchestrator.Estates.Person person) => (await _bench.Drills.AnswerAsync(run, "run-approval", person, true, null, default)).Code;
}
