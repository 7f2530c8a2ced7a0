using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Carrying;

/// <summary>A step is done once what the plan wants to see after it is seen; a miss is a failure WITH effect.</summary>
public sealed class StepVerifierTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_WhatIsToBeSeenComesLate_WaitsForItAndIsDone()
    {
        _bench.Step("one", verify: true).Step("two");
        _bench.RailHolds = () => _bench.RailLooks >= 3;

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Landed.Should().Equal("one", "two");
        (await _bench.EntriesAsync(run)).Where(entry => entry.Step == "one").Select(entry => entry.Kind).Should().Equal(JournalKinds.Intent, JournalKinds.Verified, JournalKinds.Outcome);
    }

    [Fact]
    public async Task Carry_WhatIsToBeSeenIsMissed_IsNeverRetriedAsIfNothingHadHappenedAndIsUndone()
    {
        _bench.Step("one", verify: true, retries: 3, timeout: TimeSpan.FromMilliseconds(50)).Step("two");
        _bench.RailHolds = () => false;

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Failure.Should().Be("step 'one' failed: it was done, but 'rail' is not as it must be after it: found 99 %, asked at most 80 %");
        view.RolledBack.Should().BeTrue();
        _bench.World.Story.Should().Equal("prepare one", "execute one", "undo one");
    }

    [Fact]
    public async Task Carry_DiedBetweenEffectAndVerification_VerifiesBeforeItIsDone()
    {
        _bench.Step("one", verify: true, timeout: TimeSpan.FromMilliseconds(50));
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Verified && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.RailHolds = () => false;
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Failure.Should().StartWith("step 'one' failed: it was done, but 'rail'");
        _bench.World.Story.Count(line => line == "execute one").Should().Be(1);
    }

    [Fact]
    public async Task Carry_PromotionThatIsNotVerified_HasMovedTheServiceAndNothingIsUndone()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("fence").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"), verify: true, timeout: TimeSpan.FromMilliseconds(50));
        _bench.RailHolds = () => false;
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);

        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("failed");
        view.RolledBack.Should().BeFalse();
        _bench.World.Undone.Should().BeEmpty();
        _bench.Process.GetRequiredService<IServingSites>().ServingSiteOf("ledger").Should().Be("dr");
    }

    [Fact]
    public async Task Carry_FailureThatThePlanPassesOver_GoesOn()
    {
        _bench.Step("one", onFailure: OnFailure.Continue).Step("two");
        _bench.World.Next("one", new StepOutcome.Failed("no room"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Landed.Should().Equal("two");
    }
}
