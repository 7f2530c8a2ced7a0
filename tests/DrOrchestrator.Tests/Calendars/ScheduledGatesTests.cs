using System.Text.Json.Nodes;
using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Tests.Calendars;

/// <summary>Could we switch now?</summary>
public sealed class ScheduledGatesTests : IDisposable
{
    private static readonly DateTimeOffset Eight = CalendarBench.Eight;
    private static readonly GateResult Good = new("standby-healthy dr", true, "connected", "protected", "store dr", TimeSpan.FromSeconds(0.2), "Repair it.");
    private static readonly GateResult Bad = new("exposure-in-limit ledger at dr", false, "3s", "at most 1s", "store dr", TimeSpan.FromSeconds(0.2), "Wait until the standby has caught up.");
    private readonly CalendarBench _bench = new();

    public ScheduledGatesTests() => _bench.Estate = _bench.Estate with { Calendars = [CalendarBench.GatesEntry()] };

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Fire_AllPass_PutsEachResultOnRecordAndFindsNothing()
    {
        _bench.Gates.Add(Good);

        await _bench.GatesWork.FireAsync(CalendarBench.GatesEntry(), Eight, default);

        var record = (await _bench.RecordsAsync("calendar.gates")).Single();
        JsonNode.DeepEquals(
            record.Payload["gates"],
            JsonNode.Parse("""[{"check":"standby-healthy dr","passed":true,"value":"connected","limit":"protected","source":"store dr","ageSeconds":0.2,"remedy":"Repair it."}]""")).Should().BeTrue();
        (await _bench.RecordsAsync("finding.gates-not-passed")).Should().BeEmpty();
        (await ReadinessAsync()).Should().BeEquivalentTo(new { State = CanSwitch.Yes, ReadAt = Eight, ValidUntil = Eight.AddDays(1).AddSeconds(60) });
        (await ConditionsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Fire_OneDoesNotPass_IsAFindingAnAlertAndNo()
    {
        _bench.Gates.AddRange([Good, Bad]);

        await _bench.GatesWork.FireAsync(CalendarBench.GatesEntry(), Eight, default);

        const string Text = "Plan failover could not be started: exposure-in-limit ledger at dr: found 3s, asked at most 1s. Wait until the standby has caught up.";
        ((string)(await _bench.RecordsAsync("finding.gates-not-passed")).Single().Payload["finding"]!).Should().Be(Text);
        (await ConditionsAsync()).Should().Equal(new AlertCondition("gates-fail", "ledger", "gates", Text));
        var readiness = await ReadinessAsync();
        readiness.State.Should().Be(CanSwitch.No);
        readiness.Gates.Should().Equal(Good, Bad);
    }

    [Fact]
    public async Task Fire_GateThrows_DoesNotPass()
    {
        _bench.GatesThrow = new InvalidOperationException("no such cluster");

        await _bench.GatesWork.FireAsync(CalendarBench.GatesEntry(), Eight, default);

        (await ReadinessAsync()).Gates.Should().ContainSingle().Which.Value.Should().Be("could not be read: no such cluster");
    }

    [Fact]
    public async Task Fire_GateHangs_IsGivenUpInTime()
    {
        _bench.GatesWait = new TaskCompletionSource().Task;
        var firing = _bench.GatesWork.FireAsync(CalendarBench.GatesEntry(), Eight, default);
        await _bench.GateAsked;

        _bench.Time.Advance(TimeSpan.FromSeconds(10));

        await firing;
        (await ReadinessAsync()).Gates.Should().ContainSingle().Which.Value.Should().Be("no answer within 10s", "each gate has a limit of its own, within that of all of them");
    }

    [Fact]
    public async Task Readiness_NotReadAgainInTime_IsUnknown()
    {
        _bench.Gates.Add(Good);
        await _bench.GatesWork.FireAsync(CalendarBench.GatesEntry(), Eight, default);

        _bench.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(61));

        var readiness = await ReadinessAsync();
        (readiness.State, readiness.Reason).Should().Be((CanSwitch.Unknown, "the gates should have been read again by 2026-11-23 08:01 UTC"));
    }

    [Fact]
    public async Task Readiness_NeverRead_IsUnknown() => (await ReadinessAsync()).State.Should().Be(CanSwitch.Unknown);

    private async Task<SwitchReadiness> ReadinessAsync()
    {
        var board = _bench.Board;
        await board.RefreshAsync(default);
        return board.Read().Entries.Single().Readiness!;
    }

    private async Task<IReadOnlyList<AlertCondition>> ConditionsAsync()
    {
        var board = _bench.Board;
        await board.RefreshAsync(default);
        return await board.ReadAsync(default);
    }
}
