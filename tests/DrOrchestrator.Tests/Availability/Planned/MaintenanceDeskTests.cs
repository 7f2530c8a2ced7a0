using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Availability.Planned;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Availability.Planned;

/// <summary>Verdict rule 4, and every way to get around it that came to mind.</summary>
public class MaintenanceDeskTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Person Li = new("li", "Li", "IT", [PersonRole.Operator, PersonRole.Approver], null, false);
    private static readonly Person Chen = new("chen", "Chen", "IT", [PersonRole.Approver], null, false);

    private readonly MemoryMaintenanceStore _store = new();
    private readonly FakeTimeProvider _time = new(T0);
    private MaintenanceDesk _desk;

    public MaintenanceDeskTests() => _desk = Desk(_time);

    [Fact]
    public async Task Approve_InTimeByAnotherPerson_PlansTheInterruption()
    {
        var number = await RequestedAsync(T0.AddHours(48), T0.AddHours(50));

        (await _desk.ApproveAsync(number, Chen, default)).Should().BeOfType<MaintenanceResult.Entered>();

        var downtime = await LedgerAsync(Down(48.5, 49));
        (downtime.Down, downtime.Maintenance).Should().Be((TimeSpan.Zero, TimeSpan.FromHours(0.5)));
        _store.Evidence.Select(draft => (draft.Kind, draft.Actor, draft.System)).Should().Equal(("maintenance.requested", "li", "ledger"), ("maintenance.approved", "chen", "ledger"));
    }

    [Fact]
    public async Task Approve_NobodyDid_PlansNothing()
    {
        await RequestedAsync(T0.AddHours(48), T0.AddHours(50));

        (await LedgerAsync(Down(48.5, 49))).Down.Should().Be(TimeSpan.FromHours(0.5));
    }

    [Fact]
    public async Task Ledger_SystemStaysUp_IsUp()
    {
        await ApprovedAsync(48, 50);

        var downtime = await LedgerAsync(Up());
        (downtime.Maintenance, downtime.Down).Should().Be((TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public async Task Ledger_Overrun_IsUnplanned()
    {
        await ApprovedAsync(48, 50);

        var downtime = await LedgerAsync(Down(49, 53));
        (downtime.Maintenance, downtime.Down).Should().Be((TimeSpan.FromHours(1), TimeSpan.FromHours(3)));
    }

    [Fact]
    public async Task Ledger_OutageBeganBeforeTheWindow_StaysUnplanned()
    {
        await ApprovedAsync(48, 60);

        var downtime = await LedgerAsync(Down(47.5, 53));
        (downtime.Maintenance, downtime.Down).Should().Be((TimeSpan.Zero, TimeSpan.FromHours(5.5)));
    }

    [Fact]
    public async Task Ledger_SecondWindowOverAnOverrun_PlansNothing()
    {
        await ApprovedAsync(48, 50);
        await ApprovedAsync(50, 54);

        var downtime = await LedgerAsync(Down(49, 53));
        (downtime.Maintenance, downtime.Down).Should().Be((TimeSpan.FromHours(1), TimeSpan.FromHours(3)));
    }

    [Fact]
    public async Task Ledger_NobodySawTheServiceBefore_PlansNothing()
    {
        await ApprovedAsync(48, 50);

        (await LedgerAsync(Row(IntervalState.Up, 0, 47), Row(IntervalState.Unknown, 47, 48.5), Row(IntervalState.Down, 48.5, 49), Row(IntervalState.Up, 49, 100))).Maintenance
            .Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(-2, 1, "after-the-fact")] // the past
    [InlineData(0, 1, "after-the-fact")] // now
    [InlineData(1, 3, "notice-too-short")]
    [InlineData(23.99, 25, "notice-too-short")]
    [InlineData(24, 25, null)]
    [InlineData(48, 48, "empty-window")]
    [InlineData(48, 47, "empty-window")]
    [InlineData(48, 120.01, "too-long")]
    public async Task Request_Window_IsRefused(double start, double end, string? code)
    {
        var result = await RequestAsync(T0.AddHours(start), T0.AddHours(end));

        ((result as MaintenanceResult.Refused)?.Code).Should().Be(code);
        _store.Evidence.Should().HaveCount(code is null ? 1 : 0);
    }

    [Fact]
    public async Task Request_ManyEntries_AreNumberedAndKeepWhatWasSaid()
    {
        var cards = new ProtectedSystem("cards", new Dictionary<string, string>(), "", "", [], "a", [], [], null, null, false, []);
        _desk = Desk(_time, estate => estate with { Systems = [.. estate.Systems, cards] });
        await ApprovedAsync(48, 50);
        await ApprovedAsync(60, 62);

        var result = await _desk.RequestAsync(new MaintenanceRequest(" CHG-3 ", ["ledger", "cards", "ledger"], T0.AddHours(70), T0.AddHours(71), " why "), Li, default);

        result.Should().BeOfType<MaintenanceResult.Entered>().Which.Entry.Should().BeEquivalentTo(new { Number = 3L, ChangeNumber = "CHG-3", Systems = new[] { "ledger", "cards" }, Reason = "why" });
        _store.Evidence[^1].System.Should().BeNull("it is of several");
        (await _desk.RequestAsync(new MaintenanceRequest("CHG-4", [], T0.AddHours(70), T0.AddHours(71), "why"), Li, default)).Should().Be(
            new MaintenanceResult.Refused("unknown-system", "no system is named; allowed: cards, ledger."));
        (await _desk.RequestAsync(new MaintenanceRequest("CHG-4", ["ledger", "leger", "card"], T0.AddHours(70), T0.AddHours(71), "why"), Li, default)).Should().Be(
            new MaintenanceResult.Refused("unknown-system", "there is no system 'leger'; allowed: cards, ledger."));
    }

    [Fact]
    public async Task Approve_AsLateAsTheNoticeAllows_PlansIt()
    {
        var number = await RequestedAsync(T0.AddHours(48), T0.AddHours(50));
        _time.Advance(TimeSpan.FromHours(24));

        (await _desk.ApproveAsync(number, Chen, default)).Should().BeOfType<MaintenanceResult.Entered>().Which.Entry.State.Should().Be("approved");
        (await LedgerAsync(Down(48.5, 49))).Down.Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(2.1, true)]
    public async Task Request_ClockBehindByAMoment_IsToleratedUpToTwoSeconds(double seconds, bool refused)
    {
        _store.Observed = T0.AddSeconds(seconds);

        ((await RequestAsync(T0.AddHours(48), T0.AddHours(50))) is MaintenanceResult.Refused).Should().Be(refused);
    }

    [Fact]
    public async Task Request_AfterTheFact_SaysWhatToDoInstead() =>
        (await RequestAsync(T0.AddHours(-3), T0.AddHours(-1))).Should().Be(new MaintenanceResult.Refused(
            "after-the-fact",
            "it starts at 2026-03-01 05:00:00Z and it is 2026-03-01 08:00:00Z: what is recorded afterwards stays unplanned. Record what is known with 'dro outage record'; downtime is not shortened by it."));

    [Fact]
    public async Task Approve_OwnRequest_IsRefused()
    {
        var number = await RequestedAsync(T0.AddHours(48), T0.AddHours(50));

        (await _desk.ApproveAsync(number, Li, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("own-request");
    }

    [Theory]
    [InlineData(24.5, "notice-too-short")]
    [InlineData(48, "after-the-fact")]
    [InlineData(49, "after-the-fact")]
    [InlineData(60, "after-the-fact")]
    public async Task Approve_TooLate_IsRefused(double hours, string code)
    {
        var number = await RequestedAsync(T0.AddHours(48), T0.AddHours(50));
        _time.Advance(TimeSpan.FromHours(hours));

        (await _desk.ApproveAsync(number, Chen, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be(code);
        (await LedgerAsync(Down(48.5, 49))).Down.Should().Be(TimeSpan.FromHours(0.5));
    }

    [Fact]
    public async Task Approve_ClockSetBackSinceAnObservation_IsRefused()
    {
        var number = await RequestedAsync(T0.AddHours(48), T0.AddHours(50));
        _store.Observed = T0.AddHours(49);

        // Another process, whose clock says that there is still time.
        _desk = Desk(new FakeTimeProvider(T0.AddHours(1)));

        (await _desk.ApproveAsync(number, Chen, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("clock-behind");
        (await RequestAsync(T0.AddHours(30), T0.AddHours(31))).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("clock-behind");
        (await _desk.CancelAsync(number, "not needed", Li, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("clock-behind");
    }

    [Fact]
    public async Task Approve_WallClockSteppedBackWhileRunning_IsJudgedByTimePassed()
    {
        var wall = new SteppedWall(_time);
        _desk = Desk(wall);
        var number = await RequestedAsync(T0.AddHours(48), T0.AddHours(50));
        _time.Advance(TimeSpan.FromHours(49));
        wall.SetBack = TimeSpan.FromHours(49);

        (await _desk.ApproveAsync(number, Chen, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("after-the-fact");
    }

    [Fact]
    public async Task Cancel_AfterItBegan_IsRefused()
    {
        var number = await ApprovedAsync(48, 50);
        _time.Advance(TimeSpan.FromHours(48.1));

        (await _desk.CancelAsync(number, "not needed", Li, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("has-begun");
    }

    [Fact]
    public async Task Cancel_BeforeItBegan_PlansNothingAnyMore()
    {
        var number = await ApprovedAsync(48, 50);
        _time.Advance(TimeSpan.FromHours(1));

        (await _desk.CancelAsync(number, "not needed", Li, default)).Should().BeOfType<MaintenanceResult.Entered>().Which.Entry.Cancelled!.Reason.Should().Be("not needed");
        _store.Evidence[^1].Payload["cancelReason"]!.GetValue<string>().Should().Be("not needed");

        (await LedgerAsync(Down(48.5, 49))).Down.Should().Be(TimeSpan.FromHours(0.5));
        (await _desk.ApproveAsync(number, Chen, default)).Should().Be(new MaintenanceResult.Refused("already-decided", "maintenance 1 is cancelled since 2026-03-01 09:00:00Z."));
    }

    [Fact]
    public async Task Request_OfAnotherTimeForTheSameChange_IsAnotherEntryWithItsOwnNotice()
    {
        await ApprovedAsync(48, 50);
        _time.Advance(TimeSpan.FromHours(49));

        // "Extend it": two more hours, asked for while it runs.
        (await RequestAsync(T0.AddHours(50), T0.AddHours(52))).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("notice-too-short");
    }

    [Fact]
    public async Task Request_AsLongAsTheEstateAllows_IsOnRecordAndNotApprovedOnceItAllowsLess()
    {
        var number = await RequestedAsync(T0.AddHours(48), T0.AddHours(120));

        _desk = Desk(_time, estate => estate with { MaintenanceLongest = TimeSpan.FromHours(71) });

        (await _desk.ApproveAsync(number, Chen, default)).Should().Be(new MaintenanceResult.Refused(
            "too-long", "it lasts 72 h; allowed: 71 h (maintenance: { longest: ... } of the estate). Shorten it, or let the estate allow more."));
    }

    [Theory]
    [InlineData(200, 2000, null)]
    [InlineData(201, 2000, "changeNumber-too-long")]
    [InlineData(200, 2001, "reason-too-long")]
    public async Task Request_Texts_AreOfALength(int change, int reason, string? code)
    {
        var result = await _desk.RequestAsync(new MaintenanceRequest(new string('1', change), ["ledger"], T0.AddHours(48), T0.AddHours(50), new string('r', reason)), Li, default);

        (result as MaintenanceResult.Refused)?.Code.Should().Be(code);
        (result is MaintenanceResult.Entered).Should().Be(code is null);
    }

    [Theory]
    [InlineData(2000, 2000, 200, null)]
    [InlineData(2001, 2000, 200, "source-too-long")]
    [InlineData(2000, 2001, 200, "reason-too-long")]
    [InlineData(2000, 2000, 201, "changeNumber-too-long")]
    public async Task Report_Texts_AreOfALength(int source, int reason, int change, string? code)
    {
        var result = await _desk.ReportAsync("ledger", T0.AddHours(-2), T0.AddHours(-1), new string('s', source), new string('r', reason), new string('1', change), Li, default);

        (result as MaintenanceResult.Refused)?.Code.Should().Be(code);
        (result is MaintenanceResult.Reported).Should().Be(code is null);
    }

    [Theory]
    [InlineData(" ", "reason-missing")]
    [InlineData(null, "reason-too-long")]
    public async Task Cancel_WithoutAReasonOrWithABook_IsRefused(string? reason, string code)
    {
        var number = await ApprovedAsync(48, 50);

        (await _desk.CancelAsync(number, reason ?? new string('r', 2001), Li, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be(code);
    }

    [Theory]
    [InlineData("", "why", "ledger", "changeNumber-missing")]
    [InlineData("CHG-1", " ", "ledger", "reason-missing")]
    [InlineData("CHG-1", "why", "leger", "unknown-system")]
    public async Task Request_SomethingMissing_IsRefused(string change, string reason, string system, string code) =>
        (await _desk.RequestAsync(new MaintenanceRequest(change, [system], T0.AddHours(48), T0.AddHours(50), reason), Li, default))
            .Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be(code);

    [Fact]
    public async Task Report_Outage_LengthensDowntime()
    {
        _time.Advance(TimeSpan.FromHours(100));

        var result = await _desk.ReportAsync("ledger", T0.AddHours(10), T0.AddHours(12), "ticket 7", "branch offices could not pay", null, Li, default);

        result.Should().BeOfType<MaintenanceResult.Reported>();
        var downtime = await LedgerAsync(Down(11, 13));
        (downtime.Down, downtime.DownLower, downtime.DownUpper).Should().Be((TimeSpan.FromHours(3), TimeSpan.FromHours(3), TimeSpan.FromHours(3)));
    }

    [Fact]
    public async Task Report_OutageBeforeAMaintenance_TakesItsPlanAway()
    {
        await ApprovedAsync(48, 50);
        _time.Advance(TimeSpan.FromHours(100));

        await _desk.ReportAsync("ledger", T0.AddHours(47), T0.AddHours(48.5), "ticket 7", "it was down already", null, Li, default);

        (await LedgerAsync(Down(48.5, 49))).Maintenance.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task Book_AnyOutagesAdded_NeverShortenDowntime()
    {
        await ApprovedAsync(48, 50);
        await ApprovedAsync(60, 70);
        _time.Advance(TimeSpan.FromHours(100));
        var before = await LedgerAsync(Down(49, 65));
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var from = random.NextDouble() * 90;
            await _desk.ReportAsync("ledger", T0.AddHours(from), T0.AddHours(from + (random.NextDouble() * 5)), "s", "r", "CHG-1", Li, default);

            var after = await LedgerAsync(Down(49, 65));

            (after.Down >= before.Down && after.DownLower >= before.DownLower && after.DownUpper >= before.DownUpper).Should().BeTrue("outage {0} at {1}", i, from);
            before = after;
        }
    }

    [Theory]
    [InlineData("ledger", -2, 0, null)] // until now
    [InlineData("ledger", -2, -2, "empty-window")]
    [InlineData("leger", -2, -1, "unknown-system")]
    public async Task Report_AnOutage_IsOfASystemAndAPast(string system, double from, double to, string? code) =>
        (((await _desk.ReportAsync(system, T0.AddHours(from), T0.AddHours(to), "s", "r", null, Li, default)) as MaintenanceResult.Refused)?.Code).Should().Be(code);

    [Fact]
    public async Task Report_SeveralOutages_AreNumberedAndSayWhoAddedThem()
    {
        for (var number = 1; number <= 3; number++)
        {
            var result = await _desk.ReportAsync("ledger", T0.AddHours(-2).AddTicks(7), T0.AddHours(-1).AddTicks(7), "s", "r", null, Li, default);

            result.Should().BeOfType<MaintenanceResult.Reported>().Which.Outage.Should().Be(
                new OutageReport(number, "ledger", T0.AddHours(-2), T0.AddHours(-1), "s", "r", null, new MaintenanceWord("li", T0)), "moments are whole microseconds");
        }

        (await _desk.ReadAsync(default)).Of("cards").Outages.Should().BeEmpty();
    }

    [Fact]
    public async Task Report_TheFuture_IsRefused() =>
        (await _desk.ReportAsync("ledger", T0.AddHours(-1), T0.AddHours(1), "s", "r", null, Li, default)).Should().BeOfType<MaintenanceResult.Refused>().Which.Code.Should().Be("empty-window");

    private static Interval Row(IntervalState state, double from, double to)
    {
        Edge At(double hours) => new(T0.AddHours(hours), T0.AddHours(hours), T0.AddHours(hours));
        return new Interval("p", state, At(from), At(to), "");
    }

    private static Interval[] Down(double from, double to) => [Row(IntervalState.Up, 0, from), Row(IntervalState.Down, from, to), Row(IntervalState.Up, to, 100)];

    private static Interval[] Up() => [Row(IntervalState.Up, 0, 100)];

    private MaintenanceDesk Desk(TimeProvider time, Func<Estate, Estate>? declared = null)
    {
        var ledger = new ProtectedSystem("ledger", new Dictionary<string, string>(), "", "", [], "a", [], [], null, null, false, []);
        return new MaintenanceDesk(_store, new EstateHolder((declared ?? (estate => estate))(Estate.None with { Systems = [ledger] })), new ProcessClock(time));
    }

    /// <summary>A wall clock that somebody sets back; the time that passes does not follow it.</summary>
    private sealed class SteppedWall(TimeProvider real) : TimeProvider
    {
        public TimeSpan SetBack { get; set; }

        public override long TimestampFrequency => real.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => real.GetUtcNow() - SetBack;

        public override long GetTimestamp() => real.GetTimestamp();
    }

    private Task<MaintenanceResult> RequestAsync(DateTimeOffset start, DateTimeOffset end) =>
        _desk.RequestAsync(new MaintenanceRequest("CHG-1", ["ledger"], start, end, "upgrade"), Li, default);

    private async Task<long> RequestedAsync(DateTimeOffset start, DateTimeOffset end) =>
        (await RequestAsync(start, end)).Should().BeOfType<MaintenanceResult.Entered>().Which.Entry.Number;

    private async Task<long> ApprovedAsync(double start, double end)
    {
        var number = await RequestedAsync(T0.AddHours(start), T0.AddHours(end));
        (await _desk.ApproveAsync(number, Chen, default)).Should().BeOfType<MaintenanceResult.Entered>();
        return number;
    }

    private async Task<Downtime> LedgerAsync(params Interval[] rows)
    {
        var book = await _desk.ReadAsync(default);
        return DowntimeCalculator.Calculate([new SubjectTimeline("p", rows, [], null)], book.Of("ledger"), T0, T0.AddHours(100));
    }
}
