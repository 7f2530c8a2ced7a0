using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Calendars;

public sealed class ScheduledDrillsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Eight = CalendarBench.Eight;
    private readonly CalendarBench _bench = new();
    private readonly DrillBench _engine = new() { Time = new FakeTimeProvider(CalendarBench.Eight) };

    public async ValueTask DisposeAsync()
    {
        _bench.Dispose();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Fire_AtItsTime_AsksInTheNameOfItsRequester()
    {
        await _bench.Scheduled.FireAsync(CalendarBench.Drill() with { Reason = "annual programme" }, Eight, default);

        _bench.Drills.Requests.Should().Equal(
            new StartRequest("failover", RunMode.Live, "annual programme", DrillBench.Operator) { Scheduled = new ScheduledFire("daily", Eight, Eight.AddSeconds(60)) });
    }

    [Fact]
    public async Task Fire_RestoreCheckWhoseTimeHasCome_IsAskedForAndRefusedUnderItsOwnName()
    {
        _bench.Estate = _bench.Estate with { Calendars = [CalendarBench.Drill() with { Kind = CalendarKinds.RestoreCheck }] };
        _bench.Drills.Answer = new StartResult.Refused("mode-not-offered", "Plan 'failover' is not carried live.");

        await _bench.Firing.FireAsync("daily", Eight, default);

        _bench.Drills.Requests.Should().ContainSingle().Which.Scheduled!.Schedule.Should().Be("daily");
        ((string)(await _bench.RecordsAsync("finding.drill-refused")).Single().Payload["finding"]!).Should().Be(
            "The restore check of plan failover due 2026-11-22 08:00 UTC was not opened: Plan 'failover' is not carried live.");
    }

    [Fact]
    public async Task Start_Scheduled_OnlyOpensARunThatWaitsForApprovalByAnother()
    {
        _engine.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _engine.Step("one");

        var run = (await StartAsync(Eight)).Should().BeOfType<StartResult.Started>().Subject.Run;
        await _engine.CarryAsync(run);

        (await _engine.ShowAsync(run)).Should().BeEquivalentTo(new { Phase = "Waiting for approval", RequestedBy = "li-wei", Scheduled = new { Schedule = "daily", FireTime = Eight } });
        _engine.World.Story.Should().BeEmpty("nothing is done before somebody has approved it");
        (await _engine.Drills.AnswerAsync(run, "run-approval", DrillBench.Operator, confirmed: true, null, default)).Code.Should().Be("own-run");
    }

    [Fact]
    public async Task Start_SameTimeTwice_OpensOneRun()
    {
        _engine.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _engine.Step("one");
        await StartAsync(Eight);
        await CloseAsync(1);

        (await StartAsync(Eight)).Should().BeOfType<StartResult.Refused>().Which.Code.Should().Be("already-fired");
        (await _engine.Drills.ListAsync(default)).Should().ContainSingle();
    }

    [Fact]
    public async Task Start_Late_OpensNothing()
    {
        _engine.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _engine.Step("one");

        (await StartAsync(Eight.AddSeconds(-61))).Should().BeOfType<StartResult.Refused>().Which.Code.Should().Be("fired-late");
    }

    [Theory]
    [InlineData(RunMode.Real, "A real switch never starts from a calendar.")]
    [InlineData(RunMode.Live, "Plan 'plan' has no approvals; a calendar only opens runs that wait for one.")]
    public async Task Start_RealOrWithoutApprovals_IsNeverScheduled(RunMode mode, string why)
    {
        _engine.Step("one");

        (await StartAsync(Eight, mode)).Should().BeOfType<StartResult.Refused>().Subject.Should().Be(new StartResult.Refused("never-scheduled", why));
    }

    [Fact]
    public async Task Fire_InAFreeze_OpensNothingAndIsOnRecordAsFrozen()
    {
        _bench.Estate = _bench.Estate with { Freezes = [new Freeze("closing", new FreezeDays.Once(new(2026, 11, 20), new(2026, 11, 30)), ["ledger"], "month-end", "Wang", "UTC")] };

        await _bench.Scheduled.FireAsync(CalendarBench.Drill(), Eight, default);

        _bench.Drills.Requests.Should().BeEmpty();
        (await _bench.Ledger.ReadAsync("daily", 1, default)).Should().ContainSingle().Which.Outcome.Should().Be(FireOutcome.Frozen);
        ((string)(await _bench.RecordsAsync("calendar.frozen")).Single().Payload["finding"]!).Should().Be(
            "The drill of plan failover due 2026-11-22 08:00 UTC was frozen by closing until 2026-11-30, decided by Wang: month-end");
    }

    [Fact]
    public async Task Fire_FreezeOfAnotherSystem_OpensTheRun()
    {
        _bench.Estate = _bench.Estate with { Freezes = [new Freeze("closing", new FreezeDays.Once(new(2026, 11, 20), new(2026, 11, 30)), ["cards"], "month-end", "Wang", "UTC")] };

        await _bench.Scheduled.FireAsync(CalendarBench.Drill(), Eight, default);

        _bench.Drills.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Fire_SystemIsHeldByAnotherRun_IsAFindingAndNotTriedAgain()
    {
        _bench.Drills.Answer = new StartResult.Refused("system-locked", "System 'ledger' is held by run 7, which is not closed.");

        await _bench.Scheduled.FireAsync(CalendarBench.Drill(), Eight, default);

        ((string)(await _bench.RecordsAsync("finding.drill-refused")).Single().Payload["finding"]!).Should().Be(
            "The drill of plan failover due 2026-11-22 08:00 UTC was not opened: System 'ledger' is held by run 7, which is not closed.");
        (await _bench.Ledger.ReadAsync("daily", 1, default)).Should().ContainSingle().Which.Outcome.Should().Be(FireOutcome.Refused);
    }

    [Fact]
    public async Task Fire_RequesterIsGone_IsAFinding()
    {
        _bench.Estate = _bench.Estate with { People = [] };

        await _bench.Scheduled.FireAsync(CalendarBench.Drill(), Eight, default);

        _bench.Drills.Requests.Should().BeEmpty();
        ((string)(await _bench.RecordsAsync("finding.drill-refused")).Single().Payload["code"]!).Should().Be("not-allowed");
    }

    [Theory]
    [InlineData("live", "aborted")]
    [InlineData("real", "passed")]
    public void NoFreeze_ByMode_StopsDrillsAndNeverARealIncident(string mode, string outcome)
    {
        var estate = _bench.Estate with { Freezes = [new Freeze("closing", new FreezeDays.Once(new(2026, 11, 20), new(2026, 11, 30)), [], "month-end", "Wang", "UTC")] };

        var results = DrOrchestrator.Drills.Gates.NoFreeze.Check(estate, ["ledger"], mode, Eight);

        (results.All(result => result.Passed) ? "passed" : "aborted").Should().Be(outcome);
    }

    [Fact]
    public async Task Carry_StartedByHandInAFreeze_FailsItsGateWithWhoAndWhy()
    {
        _engine.Freezes.Add(new Freeze("closing", new FreezeDays.Once(new(2026, 11, 20), new(2026, 11, 30)), [], "month-end", "Wang", "UTC"));
        _engine.Step("one");

        var run = await _engine.OpenAsync();
        await _engine.CarryAsync(run);

        var view = await _engine.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Gates.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new GateResult("no-freeze closing", false, "frozen until 2026-11-30 by Wang: month-end", "no freeze", "freezes of the estate", TimeSpan.Zero, "Wait until the freeze is over, or have Wang change it in the estate."));
        _engine.World.Story.Should().BeEmpty();
    }

    private Task<StartResult> StartAsync(DateTimeOffset fireTime, RunMode mode = RunMode.Live) =>
        _engine.Drills.StartAsync(new StartRequest("plan", mode, "because", DrillBench.Operator) { Scheduled = new ScheduledFire("daily", fireTime, fireTime.AddSeconds(60)) }, default);

    private async Task CloseAsync(long run)
    {
        await _engine.CarryAsync(run);
        (await _engine.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, confirmed: false, "not today", default)).Accepted.Should().BeTrue();
        await _engine.CarryAsync(run);
    }
}
