using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Tests.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.Availability;

/// <summary>A wall clock that is set, forward or back, while probes look: through the judgement of the vantage point, the detector and the ledger.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly ProbeDefinition Probe = new("web", "shop", null, ProbeRole.Service, "sell", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("h", 1));
    private readonly SteppedTime _time = new();
    private readonly ProcessClock _clock;
    private readonly Timeline _timeline;
    private readonly MemoryTimelineStore _store = new();
    private readonly ControlTargets _controls;
    private readonly VantageCheck _vantage;

    public ClockJumpTests()
    {
        _clock = new ProcessClock(_time);
        _timeline = new Timeline(_store, _clock, NullLogger<Timeline>.Instance);
        _controls = NoControls.Of(_clock);
        _vantage = new VantageCheck(Probe, _controls, _clock);
    }

    public void Dispose()
    {
        _controls.Dispose();
        _timeline.Dispose();
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(86_400 * 400)]
    public async Task Outage_WallClockSetInTheMiddle_IsAsLongAsTimeThatPassedAndTheJumpIsUnknown(int seconds)
    {
        await LookAsync(10, ProbeOutcome.Up);
        await LookAsync(10, ProbeOutcome.Down);
        _time.Step = TimeSpan.FromSeconds(seconds);
        await LookAsync(10, ProbeOutcome.Down);
        await LookAsync(10, ProbeOutcome.Up);

        var downtime = await ReadAsync();

        // From 10 to 30, without the second in which the clock was set: from the last look before it (19) to the next one (21).
        downtime.Down.Should().Be(TimeSpan.FromSeconds(18));
        downtime.Unknown.Should().Be(TimeSpan.FromSeconds(2));
        downtime.DownUpper.Should().Be(TimeSpan.FromSeconds(21));
        (downtime.DownLower <= downtime.Down && downtime.Down <= downtime.DownUpper).Should().BeTrue();
        (downtime.To - downtime.From).Should().Be(TimeSpan.FromSeconds(39));
    }

    [Fact]
    public async Task Service_WallClockSetWhileUp_IsNotTakenForUpInThatMoment()
    {
        await LookAsync(10, ProbeOutcome.Up);
        _time.Step = TimeSpan.FromHours(-1);
        await LookAsync(10, ProbeOutcome.Up);

        var downtime = await ReadAsync();

        downtime.Down.Should().Be(TimeSpan.Zero);
        downtime.Unknown.Should().Be(TimeSpan.FromSeconds(2));
        downtime.DownUpper.Should().Be(TimeSpan.FromSeconds(2));
    }

    private async Task LookAsync(int times, ProbeOutcome outcome)
    {
        for (var i = 0; i < times; i++)
        {
            await _timeline.AcceptAsync(Probe, await _vantage.JudgeAsync(new ProbeResult("web", outcome, _clock.Now, _clock.Now, outcome.ToString()), default), default);
            _time.Passed += TimeSpan.FromSeconds(1);
        }
    }

    private async Task<Downtime> ReadAsync()
    {
        // The newest look began a second ago.
        var to = _clock.Now - TimeSpan.FromSeconds(1);
        using var reader = new LedgerReader(_store, new LiveSubjects(_timeline), _clock);
        return DowntimeCalculator.Calculate((await reader.ReadAsync([new DecidingSubject("web", SubjectPart.Probe, null)], default)).Subjects, T0, to);
    }

    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => T0 + Passed + Step;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
