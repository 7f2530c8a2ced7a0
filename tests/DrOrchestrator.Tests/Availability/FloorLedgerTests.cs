using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Availability.Planned;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

/// <summary>LQA floors from results to figures: rows of their own in the same ledger, and what they add to a system's time.</summary>
public sealed class FloorLedgerTests : IDisposable
{
    private readonly MemoryTimelineStore _store = new();
    private readonly FakeTimeProvider _time = new(T0);
    private readonly ProcessClock _clock;
    private Timeline _timeline;

    public FloorLedgerTests()
    {
        _clock = new ProcessClock(_time);
        _timeline = NewTimeline();
    }

    public void Dispose() => _timeline.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accept_SlowResults_AreDegradedTimeOrAnInterruptionAsTheFloorSays(bool isInterruption)
    {
        var probe = Probe(new LqaFloor(LqaKind.Latency, 0.9, Span(0.5), Span(10), isInterruption));
        await LookAsync(probe, 20, latency: 0.1);
        await LookAsync(probe, 20, latency: 0.8);

        var downtime = await ReadAsync(probe);

        // The first slow result began at 20; two of the last ten were over the limit at 21.
        (downtime.Degraded, downtime.Down).Should().Be(isInterruption ? (TimeSpan.Zero, Span(20)) : (Span(20), TimeSpan.Zero));
        (await _store.ReadAsync("web#latency", T0, At(100), default)).Select(row => row.State)
            .Should().Equal(IntervalState.Up, isInterruption ? IntervalState.Down : IntervalState.Degraded);
        (await _store.ReadAsync("web", T0, At(100), default)).Should().ContainSingle("the probe itself was up").Which.State.Should().Be(IntervalState.Up);
    }

    [Fact]
    public async Task Accept_Restart_LeavesTheFloorUnknownUntilAWholeWindowIsSeenThenOnlyForTheGap()
    {
        var probe = Probe(new LqaFloor(LqaKind.Success, 0.9, null, Span(10), true));
        await LookAsync(probe, 20, latency: 0.1);
        await _timeline.TickAsync(default);
        _timeline.Dispose();
        _timeline = NewTimeline();
        _time.Advance(Span(30));
        await LookAsync(probe, 5, latency: 0.1);

        var early = await ReadAsync(probe);
        await LookAsync(probe, 15, latency: 0.1);
        var late = await ReadAsync(probe);

        early.Unknown.Should().BeGreaterThan(Span(34));
        late.Unknown.Should().BeCloseTo(Span(31), Span(0.5));
        late.Down.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task Tick_NoResults_IsUnknownForTheFloorToo()
    {
        var probe = Probe(new LqaFloor(LqaKind.Success, 0.9, null, Span(10), true));
        await LookAsync(probe, 20, latency: 0.1);
        _time.Advance(Span(60));
        await _timeline.TickAsync(default);

        (await _store.ReadAsync("web#success", T0, At(100), default)).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);
    }

    private static ProbeDefinition Probe(LqaFloor floor) =>
        new("web", "shop", null, ProbeRole.Service, "sell", Span(1), Span(1), 2, new TcpProbeSettings("h", 1)) { Floors = [floor] };

    private Timeline NewTimeline() => new(_store, _clock, NullLogger<Timeline>.Instance);

    private async Task LookAsync(ProbeDefinition probe, int times, double latency)
    {
        for (var i = 0; i < times; i++)
        {
            var began = _clock.Now;
            _time.Advance(Span(latency));
            await _timeline.AcceptAsync(probe, new ProbeResult("web", ProbeOutcome.Up, began, _clock.Now, "HTTP 200"), default);
            _time.Advance(Span(1 - latency));
        }
    }

    private async Task<Downtime> ReadAsync(ProbeDefinition probe)
    {
        var shop = new ProtectedSystem("shop", new Dictionary<string, string>(), "", "", [], "a", [], [new BusinessFunction("sell", true)], null, null, false, []);
        using var reader = new LedgerReader(_store, new LiveSubjects(_timeline), _clock);
        ISystemAvailability availability = new SystemAvailability(new EstateHolder(Estate.None with { Systems = [shop], Probes = [probe] }), new DecidingSubjects(new MemoryDecidingStore(), _clock), reader, new MemoryMaintenanceStore());
        return (await availability.ReadAsync("shop", AvailabilityWindow.Custom(_clock.Now, T0, _clock.Now), default))!.Downtime;
    }
}
