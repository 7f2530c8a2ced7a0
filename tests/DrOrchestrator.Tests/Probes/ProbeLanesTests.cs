using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Tests.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.Probes;

public sealed class ProbeLanesTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Loops_TenThousandDeadTargets_DelayNoLiveOne()
    {
        var time = new SteppedTimers();
        var clock = new ProcessClock(time);
        using var timers = new LoopTimers(time, TimeSpan.Zero);
        using var lanes = new ProbeLanes(LaneSizes.Default, clock);
        var lateness = new ProbeLateness(clock);
        using var controls = NoControls.Of(clock);
        var sink = new CountingSink();
        using var stop = new CancellationTokenSource();
        var sockets = new Sockets();
        var loops = Enumerable.Range(0, 10_100).Select(index => new ProbeLoop(
            Definition(index % 101 == 0 ? $"live-{index}" : $"dead-{index}"),
            new TimedProbe(clock, sockets, index % 101 == 0 ? TimeSpan.FromMilliseconds(20) : Timeout),
            controls,
            sink,
            clock,
            timers,
            lanes,
            lateness,
            ProbeLoops.Place(index, 0.123),
            NullLogger.Instance).RunAsync(stop.Token)).ToList();

        time.RunUntil(TimeSpan.FromSeconds(59.99));

        sink.Looks.Where(look => look.Key.StartsWith("live", StringComparison.Ordinal)).Should().HaveCount(100).And.OnlyContain(look => look.Value == 6);
        lateness.Read(hanging: false).P99.Should().BeLessThan(TimeSpan.FromMilliseconds(250));
        sockets.Most.Should().BeLessThanOrEqualTo(LaneSizes.Default.Quick + LaneSizes.Default.Slow + LaneSizes.Default.Hanging);

        // Places that become free are taken by the pool's threads, in real time; the fake one waits for them.
        for (var second = 60; second < 600 && Dead() < 10_000; second++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            time.RunUntil(TimeSpan.FromSeconds(second));
        }

        Dead().Should().Be(10_000, "dead targets are looked at too");
        await StopAsync(stop, loops);

        int Dead() => sink.Looks.Count(look => look.Key.StartsWith("dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LookAsync_HangsAndNoPlaceAmongThoseThatHang_IsGivenUpAndMadeAgainThere()
    {
        var time = new SteppedTimers();
        var clock = new ProcessClock(time);
        using var lanes = new ProbeLanes(new LaneSizes(1, 1, 1, TimeSpan.FromSeconds(1)), clock);
        var sockets = new Sockets();
        using LaneTicket first = new(), second = new(), live = new();
        var firstLook = LookAsync(lanes, first, clock, sockets, Timeout);
        time.RunUntil(TimeSpan.FromSeconds(2));
        var secondLook = LookAsync(lanes, second, clock, sockets, Timeout);

        time.RunUntil(TimeSpan.FromSeconds(4));
        var liveLook = LookAsync(lanes, live, clock, sockets, TimeSpan.FromMilliseconds(10));
        time.RunUntil(TimeSpan.FromSeconds(4.5));

        liveLook.IsCompletedSuccessfully.Should().BeTrue("both that hang have left the quick lane");
        secondLook.IsCompleted.Should().BeFalse();
        time.RunUntil(TimeSpan.FromSeconds(5));
        await sockets.UntilOpenAsync(1);
        (await firstLook).StartedAt.Should().Be(SteppedTimers.T0, "the first one's look went on");
        time.RunUntil(TimeSpan.FromSeconds(11));
        (await secondLook).StartedAt.Should().Be(SteppedTimers.T0.AddSeconds(5), "the second one's was made again when there was a place");
        new[] { first.Lane, second.Lane, live.Lane }.Should().Equal(Lane.Hanging, Lane.Hanging, Lane.Quick);
    }

    [Fact]
    public void GiveUp_LookEndedBeforeItWasTold_TheNextOneGoesOn()
    {
        using var ticket = new LaneTicket();
        ticket.Enter(0, default);
        var tell = ticket.GiveUp();
        ticket.Enter(1, default);

        tell();

        ticket.Token.IsCancellationRequested.Should().BeFalse();
        ticket.IsGivenUp.Should().BeFalse();
    }

    [Theory]
    [InlineData(0.1, ProbeOutcome.Up, 0)]
    [InlineData(0.1, ProbeOutcome.Down, 0)]
    [InlineData(0.3, ProbeOutcome.Up, 1)]
    [InlineData(0.3, ProbeOutcome.Down, 2)]
    [InlineData(9, ProbeOutcome.Unknown, 0)]
    public void Learn_Result_ChoosesTheLaneOfTheNextLook(double seconds, ProbeOutcome outcome, int lane)
    {
        using var ticket = new LaneTicket();

        ticket.Learn(new ProbeResult("p", outcome, SteppedTimers.T0, SteppedTimers.T0.AddSeconds(seconds), "r"), TimeSpan.FromSeconds(0.25));

        ticket.Lane.Should().Be((Lane)lane);
    }

    [Fact]
    public async Task Loops_RealListenerThatNeverAnswers_KeepsSocketsBoundedAndLiveOnesGoing()
    {
        var clock = new ProcessClock(TimeProvider.System);
        using var deadListener = new TcpListener(IPAddress.Loopback, 0);
        deadListener.Start(512);
        using var liveListener = new TcpListener(IPAddress.Loopback, 0);
        liveListener.Start(512);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var deaf = new CancellationTokenSource();
        var answering = AnswerAsync(liveListener, deaf.Token);
        using var timers = new LoopTimers(TimeProvider.System, TimeSpan.Zero);
        using var lanes = new ProbeLanes(new LaneSizes(4, 4, 16, TimeSpan.FromMilliseconds(50)), clock);
        var sink = new CountingSink();
        var sockets = new Sockets();
        var loops = Enumerable.Range(0, 210).Select(index => RunAsync(index)).ToList();

        // Thirty seconds of hanging in four places would let nobody through for half an hour.
        await sink.UntilAsync(look => look.Count(l => l.Key.StartsWith("live", StringComparison.Ordinal) && l.Value >= 5) == 10, stop.Token);

        sockets.Most.Should().BeLessThanOrEqualTo(24);

        // It answers until nobody asks any more: one that closes in the middle is another story.
        await StopAsync(stop, loops);
        await StopAsync(deaf, [answering]);

        async Task RunAsync(int index)
        {
            var isLive = index % 21 == 0;
            var definition = Definition(isLive ? $"live-{index}" : $"dead-{index}") with { Interval = TimeSpan.FromMilliseconds(200), Timeout = TimeSpan.FromSeconds(30) };
            using var probe = new ByteProbe(clock, sockets, (IPEndPoint)(isLive ? liveListener : deadListener).LocalEndpoint);
            using var controls = NoControls.Of(clock);
            await new ProbeLoop(definition, probe, controls, sink, clock, timers, lanes, new ProbeLateness(clock), ProbeLoops.Place(index, 0), NullLogger.Instance).RunAsync(stop.Token);
        }
    }

    [Fact]
    public void Place_AnyNumberOfProbes_FillsTheIntervalEvenly()
    {
        foreach (var count in new[] { 10, 100, 1000, 10_000 })
        {
            var places = Enumerable.Range(0, count).Select(index => ProbeLoops.Place(index, 0.77)).Order().ToList();

            places.Zip(places.Skip(1), (a, b) => b - a).Max().Should().BeLessThan(3.0 / count);
        }
    }

    private static Task<ProbeResult> LookAsync(ProbeLanes lanes, LaneTicket ticket, ProcessClock clock, Sockets sockets, TimeSpan takes) =>
        lanes.LookAsync(ticket, new TimedProbe(clock, sockets, takes), _ => { }, default).AsTask();

    private static ProbeDefinition Definition(string name) => new(
        name, "s", null, ProbeRole.Service, "f", Interval, Timeout, 2, new TcpProbeSettings("127.0.0.1", 1));

    private static async Task StopAsync(CancellationTokenSource stop, IEnumerable<Task> tasks)
    {
        await stop.CancelAsync();
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task AnswerAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                await client.GetStream().WriteAsync(new byte[1], cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private sealed class Sockets
    {
        private readonly object _gate = new();
        private int _now;

        public int Most { get; private set; }

        public void Open()
        {
            lock (_gate)
            {
                Most = Math.Max(Most, ++_now);
            }
        }

        public void Close()
        {
            lock (_gate)
            {
                _now--;
            }
        }

        public async Task UntilOpenAsync(int sockets)
        {
            for (var i = 0; i < 5000 && Volatile.Read(ref _now) != sockets; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            }
        }
    }

    /// <summary>Connects and waits for a byte, thirty seconds at most.</summary>
    private sealed class ByteProbe(ProcessClock clock, Sockets sockets, IPEndPoint target) : IProbe
    {
        public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
        {
            sockets.Open();
            try
            {
                var startedAt = clock.Now;
                using var client = new TcpClient();
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                timeout.CancelAfter(TimeSpan.FromSeconds(30));
                await client.ConnectAsync(target, timeout.Token).ConfigureAwait(false);
                await client.GetStream().ReadExactlyAsync(new byte[1], timeout.Token).ConfigureAwait(false);
                return new ProbeResult("p", ProbeOutcome.Up, startedAt, clock.Now, "r");
            }
            finally
            {
                sockets.Close();
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Answers after some time, as up when that is before the timeout.</summary>
    private sealed class TimedProbe(ProcessClock clock, Sockets sockets, TimeSpan takes) : IProbe
    {
        public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
        {
            sockets.Open();
            try
            {
                var startedAt = clock.Now;

                // Whatever wakes it, it goes on at once and on the same thread: no real time passes between the moments of the fake one.
                var done = new TaskCompletionSource();
                using var timer = clock.Provider.CreateTimer(_ => done.TrySetResult(), null, takes, System.Threading.Timeout.InfiniteTimeSpan);
                using var givenUp = cancellationToken.Register(() => done.TrySetCanceled(cancellationToken));
                await done.Task.ConfigureAwait(false);
                return new ProbeResult("p", takes < Timeout ? ProbeOutcome.Up : ProbeOutcome.Down, startedAt, clock.Now, "r");
            }
            finally
            {
                sockets.Close();
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class CountingSink : IProbeResultSink
    {
        public ConcurrentDictionary<string, int> Looks { get; } = new(StringComparer.Ordinal);

        public ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
        {
            Looks.AddOrUpdate(probe.Name, 1, static (_, looks) => looks + 1);
            return ValueTask.CompletedTask;
        }

        public async Task UntilAsync(Func<IEnumerable<KeyValuePair<string, int>>, bool> condition, CancellationToken cancellationToken)
        {
            while (!condition(Looks))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
            }
        }
    }
}
