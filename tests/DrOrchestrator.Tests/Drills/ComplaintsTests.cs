using DrOrchestrator.Drills;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary>What people complain of in tools that run drills, each with a test of its name.</summary>
public sealed class ComplaintsTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

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
    }

    [Fact]
    public async Task ARollbackThatDoesNotRunWhenItIsMostNeeded_RunsAfterAnAbortOverADeadOwner()
    {
        _bench.Step("one").Step("two").Step("three");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "three" && written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).RolledBack.Should().BeTrue();
        _bench.World.Undone.Should().Contain(["two", "one"]);
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

    [Fact]
    public async Task AnApprovalByThePersonWhoAsked_LetsNobodyOverrideTheirOwnGate()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GatePasses = false;
        _bench.Step("one");
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);

        var answer = await _bench.Drills.AnswerAsync(run, "gate-override:1", DrillBench.Operator, true, "I know what I do", default);

        answer.Code.Should().Be("own-run");
    }
}
