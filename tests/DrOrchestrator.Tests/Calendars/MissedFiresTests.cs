using DrOrchestrator.Calendars;

namespace DrOrchestrator.Tests.Calendars;

/// <summary>A drill never starts late by itself, and never is missed in silence.</summary>
public sealed class MissedFiresTests : IDisposable
{
    private static readonly DateTimeOffset Eight = CalendarBench.Eight;
    private readonly CalendarBench _bench = new();

    public MissedFiresTests() => _bench.Estate = _bench.Estate with { Calendars = [CalendarBench.Drill()] };

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task PutInForce_ServerWasDownOverTheTime_IsAFindingAtOnceAndOpensNothing()
    {
        await _bench.Missed.PutInForceAsync(default);
        _bench.DownFor(TimeSpan.FromHours(49));

        await _bench.Missed.PutInForceAsync(default);

        _bench.Drills.Requests.Should().BeEmpty();
        (await _bench.Ledger.ReadAsync("daily", 10, default)).Select(fire => (fire.FireTime, fire.Outcome)).Should().Equal((Eight.AddDays(2), FireOutcome.Missed), (Eight.AddDays(1), FireOutcome.Missed));
        var record = (await _bench.RecordsAsync("finding.calendar-missed")).Should().ContainSingle().Subject;
        record.System.Should().Be("ledger");
        ((int)record.Payload["missed"]!).Should().Be(2);
        ((string)record.Payload["finding"]!).Should().Be(
            "The drill of plan failover due 2026-11-24 08:00 UTC was missed: no server was there to open it. It does not start late by itself; start it by hand: dro drill start failover --mode live");
    }

    [Fact]
    public async Task Look_Again_FindsNothingNew()
    {
        await _bench.Missed.PutInForceAsync(default);
        _bench.DownFor(TimeSpan.FromHours(25));
        await _bench.Missed.PutInForceAsync(default);

        await _bench.Missed.LookAsync(default);
        _bench.DownFor(TimeSpan.FromMinutes(5));
        await _bench.Missed.PutInForceAsync(default);

        (await _bench.RecordsAsync("finding.calendar-missed")).Should().ContainSingle();
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(61, 1)]
    public async Task Look_AfterTheTime_WaitsForTheGrace(int seconds, int missed)
    {
        await _bench.Missed.PutInForceAsync(default);
        _bench.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));

        await _bench.Missed.LookAsync(default);

        (await _bench.RecordsAsync("finding.calendar-missed")).Should().HaveCount(missed);
    }

    [Fact]
    public async Task PutInForce_NewEntry_CountsFromNowOn()
    {
        await _bench.Missed.PutInForceAsync(default);

        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        await _bench.Missed.LookAsync(default);

        (await _bench.RecordsAsync("finding.calendar-missed")).Should().BeEmpty("its times of before it was declared were not missed");
    }

    [Fact]
    public async Task PutInForce_EntryChangedOrRemovedWhileDown_IsJudgedByWhatWasInForce()
    {
        _bench.Estate = _bench.Estate with { Calendars = [CalendarBench.Drill(), CalendarBench.Drill("0 0 9 * * ?", "gone")] };
        await _bench.Missed.PutInForceAsync(default);
        _bench.DownFor(TimeSpan.FromHours(26));

        _bench.Estate = _bench.Estate with { Calendars = [CalendarBench.Drill("0 0 23 * * ?")] };
        await _bench.Missed.PutInForceAsync(default);

        (await _bench.RecordsAsync("finding.calendar-missed")).Select(record => (string)record.Payload["schedule"]!).Should().BeEquivalentTo("daily", "gone");
        (await _bench.Ledger.SchedulesAsync(default)).Should().ContainSingle().Which.Cron.Should().Be("0 0 23 * * ?");
    }

    [Fact]
    public async Task Look_TimeThatWasActedOn_IsNotMissed()
    {
        await _bench.Missed.PutInForceAsync(default);
        _bench.Time.Advance(TimeSpan.FromDays(1));
        await _bench.Ledger.ConcludeAsync([new Fire("daily", Eight.AddDays(1), FireOutcome.Frozen, null, "", [], Eight)], [], default);
        _bench.Time.Advance(TimeSpan.FromHours(1));

        await _bench.Missed.LookAsync(default);

        (await _bench.RecordsAsync("finding.calendar-missed")).Should().BeEmpty();
    }

    [Fact]
    public async Task Look_YearsOfSilence_KeepsTheNewestAndCountsTheRest()
    {
        _bench.Estate = _bench.Estate with { Calendars = [CalendarBench.GatesEntry("0 0 * * * ?")] };
        await _bench.Missed.PutInForceAsync(default);
        _bench.DownFor(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(30));

        await _bench.Missed.PutInForceAsync(default);

        (await _bench.Ledger.ReadAsync("gates", 1000, default)).Should().HaveCount(100);
        ((int)(await _bench.RecordsAsync("finding.calendar-missed"))[0].Payload["missed"]!).Should().Be(720);
    }

    [Fact]
    public async Task Fire_NodeThatWasPausedOverTheTime_OpensNothingAndFindsItMissed()
    {
        await _bench.Missed.PutInForceAsync(default);
        _bench.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(3));

        await _bench.Firing.FireAsync("daily", Eight.AddDays(1), default);

        _bench.Drills.Requests.Should().BeEmpty();
        (await _bench.RecordsAsync("finding.calendar-missed")).Should().ContainSingle();
    }

    [Fact]
    public async Task Fire_AfterAClockWasSetBack_DoesNothingASecondTime()
    {
        await _bench.Missed.PutInForceAsync(default);
        _bench.Time.Advance(TimeSpan.FromDays(1));
        _bench.Estate = _bench.Estate with { Calendars = [CalendarBench.GatesEntry()] };

        await _bench.Firing.FireAsync("gates", Eight.AddDays(1), default);
        await _bench.Firing.FireAsync("gates", Eight.AddDays(1), default);

        (await _bench.RecordsAsync("calendar.gates")).Should().ContainSingle();
    }
}
