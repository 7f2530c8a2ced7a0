using System.Collections.Concurrent;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Tests.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes;

public sealed class ProbeLoopTests : IProbeResultSink, IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly ProbeDefinition Definition = new(
        "p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 1));

    private readonly CountingTime _time = new(T0);
    private readonly ProcessClock _clock;
    private readonly ControlTargets _controls;
    private readonly LoopTimers _timers;
    private readonly ProbeLanes _lanes;
    private readonly ProbeLateness _lateness;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ProbeResult> _results = new();

    public ProbeLoopTests()
    {
        _clock = new ProcessClock(_time);
        _controls = NoControls.Of(_clock);
        _timers = new LoopTimers(_time, TimeSpan.Zero);
        _lanes = new ProbeLanes(new LaneSizes(1, 1, 1, TimeSpan.FromSeconds(100)), _clock);
        _lateness = new ProbeLateness(_clock);
    }

    public void Dispose()
    {
        _controls.Dispose();
        _stop.Dispose();
        _timers.Dispose();
        _lanes.Dispose();
    }

    [Fact]
    public async Task RunAsync_TimePasses_LooksAtItsPlaceInEveryInterval()
    {
        var loop = Loop(new FixedProbe(_clock), placeInInterval: 0.3).RunAsync(_stop.Token);

        await AdvanceAsync(3, waits: 1);
        await AdvanceAsync(10, waits: 2);
        await AdvanceAsync(10, waits: 3);
        await UntilAsync(() => _time.Waits == 4);

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

        await AdvanceAsync(10, waits: 1);
        await UntilAsync(() => _time.Waits == 2);

        _results.Should().ContainSingle().Which.StartedAt.Should().Be(T0.AddSeconds(10));
        await StopAsync(loop);
    }

    [Fact]
    public async Task RunAsync_AllPlacesTaken_WaitsForOneAndIsLate()
    {
        using var other = new LaneTicket();
        var blocking = new TaskCompletionSource<ProbeResult>();
        var held = _lanes.LookAsync(other, new GivenProbe(blocking.Task), _ => { }, default).AsTask();
        var loop = Loop(new FixedProbe(_clock), placeInInterval: 0).RunAsync(_stop.Token);
        await AdvanceAsync(4, waits: 0);
        _results.Should().BeEmpty();

        blocking.SetResult(new ProbeResult("other", ProbeOutcome.Up, T0, T0, "r"));
        await held;
        await UntilAsync(() => _time.Waits == 1);

        _results.Should().ContainSingle().Which.StartedAt.Should().Be(T0.AddSeconds(4));
        _lateness.Read(hanging: false).Worst!.Value.TotalSeconds.Should().BeInRange(4, 4.5);
        await StopAsync(loop);
    }

    [Fact]
    public async Task RunAsync_LookOverSeveralIntervals_CountsWhatItMissed()
    {
        var slow = new TaskCompletionSource<ProbeResult>();
        var loop = Loop(new GivenProbe(slow.Task), placeInInterval: 0).RunAsync(_stop.Token);
        _time.Advance(TimeSpan.FromSeconds(35));

        slow.SetResult(new ProbeResult("p", ProbeOutcome.Up, T0, T0.AddSeconds(35), "r"));
        await UntilAsync(() => _time.Waits == 1);

        _lateness.Missed.Should().Be(2, "those of 10 and 20 s; the one of 30 s is made at once");
        await StopAsync(loop);
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

    private ProbeLoop Loop(IProbe probe, double placeInInterval) => new(Definition, probe, _controls, this, _clock, _timers, _lanes, _lateness, placeInInterval, NullLogger.Instance);

    /// <summary>Lets time pass once the loop has begun that many waits.</summary>
    private async Task AdvanceAsync(double seconds, int waits)
    {
        await UntilAsync(() => _time.Waits == waits);
        _time.Advance(TimeSpan.FromSeconds(seconds));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 5000 && !condition(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        condition().Should().BeTrue("it was waited for 10 s");
    }

    private async Task StopAsync(Task loop)
    {
        await _stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Counts the waits that were begun.</summary>
    private sealed class CountingTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private int _waits;

        public int Waits => Volatile.Read(ref _waits);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new CountingTimer(this, base.CreateTimer(callback, state, dueTime, period));

        private sealed class CountingTimer(CountingTime time, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                var changed = timer.Change(dueTime, period);
                Interlocked.Increment(ref time._waits);
                return changed;
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }

    private sealed class FixedProbe(ProcessClock clock) : IProbe
    {
        public Task<ProbeResult> RunAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new ProbeResult("p", ProbeOutcome.Up, clock.Now, clock.Now, "HTTP 200"));

        public void Dispose()
        {
        }
    }

    private sealed class GivenProbe(Task<ProbeResult> result) : IProbe
    {
        public Task<ProbeResult> RunAsync(CancellationToken cancellationToken) => result;

        public void Dispose()
        {
        }
    }
}
