using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills;

/// <summary>What a switched-not-returned run leaves to do is closed by a later run, on both records.</summary>
public sealed class LinkedRunsTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new() { Serves = true };

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_LinkedRunPasses_ClosesTheDutiesOnBothRecords()
    {
        var switched = await SwitchedAsync();
        var before = await _bench.ShowAsync(switched);
        FailBack();

        var back = await _bench.OpenAsync(closes: switched);
        await _bench.CarryAsync(back);

        before.Outcome.Should().Be("switched-not-returned");
        before.Duties.Should().Equal("re-protect the system: bring a standby back and see it caught up", "fail back to the declared serving site by a linked run");
        var closed = await _bench.ShowAsync(switched);
        closed.Duties.Should().BeEmpty();
        closed.ClosedByRun.Should().Be(back);
        closed.Outcome.Should().Be("switched-not-returned", "what happened stays so");
        var linked = await _bench.ShowAsync(back);
        linked.Outcome.Should().Be("passed");
        linked.ClosesRun.Should().Be(switched);
        (await _bench.EntriesAsync(back))[^1].Data["dutiesClosed"]!.AsArray().Should().HaveCount(2);
        (await _bench.EntriesAsync(switched))[^1].Kind.Should().Be(JournalKinds.DutiesClosed);
    }

    [Theory]
    [InlineData(JournalKinds.Measured, true)]
    [InlineData(JournalKinds.Closed, false)]
    public async Task Carry_LinkedRunDiesBetweenTheTwoRecords_SaysItOnceOnEach(string kind, bool after)
    {
        var switched = await SwitchedAsync();
        FailBack((draft, written) => draft.Kind == kind && written == after);
        var back = await _bench.OpenAsync(closes: switched);
        await _bench.Invoking(bench => bench.CarryAsync(back)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(back);

        (await _bench.ShowAsync(back)).Outcome.Should().Be("passed");
        (await _bench.EntriesAsync(switched)).Count(entry => entry.Kind == JournalKinds.DutiesClosed).Should().Be(1);
    }

    [Fact]
    public async Task Carry_LinkedRunFails_LeavesTheDutiesOpen()
    {
        var switched = await SwitchedAsync();
        FailBack();
        _bench.World.Next("promote-back", new StepOutcome.Failed("no room"));

        var back = await _bench.OpenAsync(closes: switched);
        await _bench.CarryAsync(back);

        (await _bench.ShowAsync(switched)).Duties.Should().HaveCount(2);
    }

    [Fact]
    public async Task Start_ForARunThatLeftNothing_IsRefused()
    {
        _bench.Step("one");
        var passed = await _bench.OpenAsync();
        await _bench.CarryAsync(passed);

        var details = new List<string>();
        foreach (var (closes, mode) in new[] { (passed, RunMode.Live), (99L, RunMode.Live) })
        {
            var result = await _bench.Drills.StartAsync(new StartRequest("plan", mode, "back", DrillBench.Operator) { Closes = closes }, default);
            details.Add(result.Should().BeOfType<StartResult.Refused>().Which.Detail);
        }

        details.Should().Equal(
            $"A run of plan 'plan' cannot close the duties of run {passed}: run {passed} ended as passed, not as switched-not-returned.",
            "A run of plan 'plan' cannot close the duties of run 99: there is no run 99.");
    }

    private async Task<long> SwitchedAsync()
    {
        _bench.Step("fence").Step("promote", promotes: new Promotion("ledger", "fence")).Step("back", wayBack: true);
        _bench.World.Next("back", new StepOutcome.Failed("no room"));
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        return run;
    }

    private void FailBack(Func<JournalDraft, bool, bool>? crash = null)
    {
        _bench.ForgetSteps();
        _bench.PlanText = "plan: back";
        _bench.Step("fence-dr").Step("promote-back", promotes: new Promotion("ledger", "fence-dr"), site: "primary");
        _bench.Restart(crash);
    }
}
