using System.Collections.Concurrent;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes;

public sealed class ProbeLoopTests : IProbeResultSink, IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly ProbeDefinition Definition = new(
        "p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 1));

    private readonly FakeTimeProvider _time = new(T0);
    private readonly ProcessClock _clock;
    private readonly SemaphoreSlim _slots = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ProbeResult> _results = new();

    public ProbeLoopTests() => _clock = new ProcessClock(_time);

    public void Dispose()
    {
        _stop.Dispose();
        _slots.Dispose();
    }

    [Fact]
    public async Task RunAsync_TimePasses_LooksAtItsPlaceInEveryInterval()
    {
        var loop = Loop(new FixedProbe(_clock), placeInInterval: 0.3).RunAsync(_stop.Token);

        await AdvanceAsync(TimeSpan.FromSeconds(25));

        _results.Select(r => (r.StartedAt - T0).TotalSeconds).Should().Equal(3, 13, 23);
        await StopAsync(loop);
    }

    [Theory]
    [InlineData(0.5, 10)]
    [InlineData(10, 10)]
    [InlineData(12, 10)]
    [InlineData(59, 50)]
    [InlineData(60, 60)]
    public void NextDue_LateTick_IsNotCaughtUpInBursts(double elapsed, double expected) =>
        ProbeLoop.NextDue(TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(elapsed)).Should().Be(TimeSpan.FromSeconds(expected));

    [Fact]
    public async Task RunAsync_SinkThrows_LooksAgain()
    {
        _failures = 1;
        var loop = Loop(new FixedProbe(_clock), placeInInterval: 0).RunAsync(_stop.Token);

        await AdvanceAsync(TimeSpan.FromSeconds(10.5));

        _results.Should().ContainSingle();
        await StopAsync(loop);
    }

    [Fact]
    public async Task RunAsync_AllSlotsTaken_WaitsForOne()
    {
        await _slots.WaitAsync();
        var loop = Loop(new FixedProbe(_clock), placeInInterval: 0).RunAsync(_stop.Token);
        await AdvanceAsync(TimeSpan.FromSeconds(4));
        _results.Should().BeEmpty();

        _slots.Release();
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        _results.Should().ContainSingle().Which.StartedAt.Should().Be(T0.AddSeconds(4));
        await StopAsync(loop);
    }

    [Fact]
    public void Judge_LookLongerThanItsTimeoutAllows_IsUnknown()
    {
        var judged = new VantageCheck(Definition, _clock).Judge(new ProbeResult("p", ProbeOutcome.Down, T0, T0.AddSeconds(60), "no answer within 1s"));

        judged.Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Unknown, Reason = "the orchestrator stood still for 60s during this look (seen: no answer within 1s)" });
    }

    [Fact]
    public void Judge_WallClockStepped_IsUnknownOnce()
    {
        var time = new SteppedTime();
        var check = new VantageCheck(Definition, new ProcessClock(time));
        var result = new ProbeResult("p", ProbeOutcome.Up, T0, T0.AddSeconds(0.1), "HTTP 200");
        check.Judge(result).Outcome.Should().Be(ProbeOutcome.Up);

        time.Step = TimeSpan.FromHours(1);

        check.Judge(result).Should().BeEquivalentTo(new
        {
            Outcome = ProbeOutcome.Unknown,
            Reason = "the orchestrator's wall clock moved by 3600s: suspended machine or stepped clock (seen: HTTP 200)",
        });
        check.Judge(result).Outcome.Should().Be(ProbeOutcome.Up);
    }

    private int _failures;

    public ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
    {
        if (_failures-- > 0)
        {
            throw new IOException("disk away");
        }

        _results.Enqueue(result);
        return ValueTask.CompletedTask;
    }

    private ProbeLoop Loop(IProbe probe, double placeInInterval) => new(Definition, probe, this, _clock, _slots, placeInInterval, NullLogger.Instance);

    private async Task AdvanceAsync(TimeSpan by)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += TimeSpan.FromSeconds(0.5))
        {
            await Task.Yield();
            _time.Advance(TimeSpan.FromSeconds(0.5));
            for (var i = 0; i < 20; i++)
            {
                await Task.Yield();
            }
        }
    }

    private async Task StopAsync(Task loop)
    {
        await _stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>A wall clock that can be set without time passing.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => T0 + Step;

        public override long GetTimestamp() => 0;
    }

    private sealed class FixedProbe(ProcessClock clock) : IProbe
    {
        public Task<ProbeResult> RunAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new ProbeResult("p", ProbeOutcome.Up, clock.Now, clock.Now, "HTTP 200"));

        public void Dispose()
        {
        }
    }
}
