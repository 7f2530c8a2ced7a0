using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public sealed class TimelineTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(T0);
    private readonly TemporaryDatabase _temporary = new();
    private readonly ProcessClock _clock;

    public TimelineTests() => _clock = new ProcessClock(_time);

    private SqlTimelineStore OnDisk => new(_temporary.Database, _temporary.Gate);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task AcceptAsync_Change_IsOnDiskWhenItReturns()
    {
        using var timeline = Create(OnDisk);

        await PlayAsync(timeline, "+++--");

        var rows = await OnDisk.ReadAsync("p", T0, At(100), default);
        rows.Select(r => r.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        rows[1].Start.Should().Be(Edge(2, 3, 3.2));
    }

    [Fact]
    public async Task LoadAsync_AfterACrash_GoesOnWithUnknownAndKeepsTheBounds()
    {
        using (var dying = Create(OnDisk))
        {
            await PlayAsync(dying, "+++++");
            await dying.TickAsync(default);
            await PlayAsync(dying, "-");
        }

        _temporary.Reopen();
        _time.Advance(TimeSpan.FromSeconds(10));
        using var next = Create(OnDisk);
        await PlayAsync(next, "--");

        var rows = await OnDisk.ReadAsync("p", T0, At(100), default);
        rows.Select(r => r.State).Should().Equal(IntervalState.Up, IntervalState.Unknown, IntervalState.Down);
        rows[1].Start.Should().Be(Edge(4, 4.2, 4.2), "the failed result was seen but not kept");
        rows[2].Start.Should().Be(Edge(4, 16, 16.2));
        var outage = RtoCalculator.Outages(rows, T0, At(100)).Should().ContainSingle().Subject;
        outage.Interrupted.Earliest.Should().Be(At(4));
    }

    [Fact]
    public async Task LoadAsync_BeforeAnyResult_EndsTheOldRowAtItsLastObservation()
    {
        using (var dying = Create(OnDisk))
        {
            await PlayAsync(dying, "+++");
            await dying.TickAsync(default);
        }

        using var next = Create(OnDisk);
        await next.LoadAsync(default);

        (await OnDisk.ReadTailsAsync(default))["p"].Open.Should().BeEquivalentTo(new { State = IntervalState.Unknown, Start = Edge(2, 2.2, 2.2) });
    }

    [Fact]
    public async Task TickAsync_NoResults_WritesUnknown()
    {
        using var timeline = Create(OnDisk);
        await PlayAsync(timeline, "++");
        _time.Advance(TimeSpan.FromSeconds(10));

        await timeline.TickAsync(default);

        (await OnDisk.ReadTailsAsync(default))["p"].Open.State.Should().Be(IntervalState.Unknown);
    }

    [Fact]
    public async Task TickAsync_Observations_AreKeptWithoutAChange()
    {
        using var timeline = Create(OnDisk);
        await PlayAsync(timeline, "++++++");

        await timeline.TickAsync(default);

        (await OnDisk.ReadTailsAsync(default))["p"].Observed.Should().Be(new ObservedUntil("p", At(5.2), At(5), null));
    }

    [Fact]
    public async Task TickAsync_MoreProbesThanOneSecondWrites_EachHasItsTurn()
    {
        var store = new MemoryTimelineStore();
        using var timeline = Create(store);
        await AcceptFromAsync(timeline, probes: 4500);
        _time.Advance(TimeSpan.FromSeconds(0.8));
        await AcceptFromAsync(timeline, probes: 4500);
        await timeline.EndAsync(default);
        (await ObservedAsync(store, At(1.2))).Should().Be(4500);

        _time.Advance(TimeSpan.FromSeconds(0.8));
        await AcceptFromAsync(timeline, probes: 4500);
        var written = new List<int>();
        for (var second = 0; second < 3; second++)
        {
            await timeline.TickAsync(default);
            written.Add(await ObservedAsync(store, At(2.2)));
        }

        written.Should().Equal(2000, 4000, 4500);
    }

    [Fact]
    public async Task EndAsync_MoreProbesThanOneSecondWrites_WritesAll()
    {
        var store = new MemoryTimelineStore();
        using var timeline = Create(store);
        await AcceptFromAsync(timeline, probes: 4500);
        _time.Advance(TimeSpan.FromSeconds(0.8));
        await AcceptFromAsync(timeline, probes: 4500);

        await timeline.EndAsync(default);

        (await ObservedAsync(store, At(1.2))).Should().Be(4500);
    }

    [Fact]
    public async Task AcceptAsync_StoreAway_KeepsChangesInOrderAndWritesThemLater()
    {
        var store = new MemoryTimelineStore { Failure = new IOException("disk away") };
        using var timeline = Create(store);
        await Task.Run(async () => await PlayAsync(timeline, "++")).WaitAsync(TimeSpan.FromSeconds(5));
        await PlayAsync(timeline, "--++");

        store.Failure = null;
        await timeline.TickAsync(default);

        (await store.ReadAsync("p", T0, At(100), default)).Select(r => r.State).Should().Equal(IntervalState.Up, IntervalState.Down, IntervalState.Up);
    }

    [Fact]
    public async Task AcceptAsync_StoreHangs_GoesOnAfterAnIntervalAndWritesEachChangeOnce()
    {
        var store = new MemoryTimelineStore();
        using var timeline = Create(store);
        await PlayAsync(timeline, "++");
        var hanging = new TaskCompletionSource();
        store.Waits = hanging.Task;
        var waiting = Watch(timeline).WaitForAsync("p", IntervalState.Down, DateTimeOffset.MinValue, default);
        await PlayAsync(timeline, "-");
        var change = PlayAsync(timeline, "-");
        change.IsCompleted.Should().BeFalse("it is not durable yet");
        _time.Advance(Span(1));
        await change.WaitAsync(TimeSpan.FromSeconds(30));
        await PlayAsync(timeline, "-");

        Watch(timeline).Current("p").State.Should().Be(IntervalState.Down, "it went on looking");
        waiting.IsCompleted.Should().BeFalse("what is not durable has not happened for who acts on it");
        hanging.SetResult();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        await timeline.TickAsync(default);

        (await store.ReadAsync("p", T0, At(100), default)).Select(r => r.State).Should().Equal(IntervalState.Up, IntervalState.Down);
    }

    [Fact]
    public async Task ReadAsync_SuspicionGoingOn_CountsInTheUpperBound()
    {
        using var timeline = Create(OnDisk);
        await PlayAsync(timeline, "+++-");

        using var reader = new LedgerReader(OnDisk, new LiveSubjects(timeline), _clock);
        var (_, read) = await reader.ReadAsync([new DecidingSubject("p", SubjectPart.Probe, null)], default);

        DowntimeCalculator.Calculate(read, At(0.2), At(4)).DownUpper.Should().Be(Span(4 - 2));
    }

    [Fact]
    public async Task Current_ResultExpired_IsUnknownBeforeTheNextTick()
    {
        using var timeline = Create(OnDisk);
        var watch = Watch(timeline);
        await PlayAsync(timeline, "+++");
        watch.Current("p").Should().BeEquivalentTo(new { State = IntervalState.Up, LatencyMilliseconds = 200.0, Reason = "Up" });

        _time.Advance(TimeSpan.FromSeconds(5));

        watch.Current("p").Should().BeEquivalentTo(new { State = IntervalState.Unknown, LatencyMilliseconds = (double?)null });
    }

    [Fact]
    public async Task Current_UnconfirmedFailure_ShowsTheSuspicion()
    {
        using var timeline = Create(OnDisk);
        await PlayAsync(timeline, "+++-");

        var state = Watch(timeline).Current("p");

        state.State.Should().Be(IntervalState.Up);
        state.ConfirmedAt.Should().Be(At(1.2));
        state.Suspicion.Should().Be(new Suspicion(At(2), 1, "Down"));
    }

    [Fact]
    public void Current_NobodyEverLooked_IsUnknown()
    {
        using var timeline = Create(OnDisk);

        Watch(timeline).Current("p").Should().BeEquivalentTo(new { State = IntervalState.Unknown, Reason = "never observed", Newest = (ProbeResult?)null });
    }

    [Fact]
    public async Task WaitForAsync_ConfirmedLater_ReturnsThatStateAndItsRowIsOnDisk()
    {
        using var timeline = Create(OnDisk);
        await PlayAsync(timeline, "+++");
        var waiting = Watch(timeline).WaitForAsync("p", IntervalState.Down, DateTimeOffset.MinValue, default);
        await PlayAsync(timeline, "-");
        waiting.IsCompleted.Should().BeFalse();

        await PlayAsync(timeline, "-");

        (await waiting.WaitAsync(TimeSpan.FromSeconds(5))).Since.Should().Be(Edge(2, 3, 3.2));
        (await OnDisk.ReadTailsAsync(default))["p"].Open.State.Should().Be(IntervalState.Down);
    }

    [Fact]
    public async Task WaitForAsync_ConfirmedBefore_WantsResultsThatStartedAfterwards()
    {
        using var timeline = Create(OnDisk);
        await PlayAsync(timeline, "+++");
        var waiting = Watch(timeline).WaitForAsync("p", IntervalState.Up, At(2.5), default);
        await PlayAsync(timeline, "+");
        waiting.IsCompleted.Should().BeFalse("one of the two newest results started before");

        await PlayAsync(timeline, "+");

        (await waiting.WaitAsync(TimeSpan.FromSeconds(5))).State.Should().Be(IntervalState.Up);
    }

    private static async Task<int> ObservedAsync(MemoryTimelineStore store, DateTimeOffset until) =>
        (await store.ReadTailsAsync(default)).Values.Count(tail => tail.Observed.Until == until);

    /// <summary>One good result of each, all at the same moment.</summary>
    private async Task AcceptFromAsync(Timeline timeline, int probes)
    {
        var startedAt = _clock.Now;
        _time.Advance(TimeSpan.FromSeconds(0.2));
        for (var probe = 0; probe < probes; probe++)
        {
            var name = $"p{probe}";
            await timeline.AcceptAsync(Probe with { Name = name }, new ProbeResult(name, ProbeOutcome.Up, startedAt, _clock.Now, "Up"), default);
        }
    }

    private Timeline Create(ITimelineStore store) => new(store, _clock, NullLogger<Timeline>.Instance);

    private ServiceWatch Watch(Timeline timeline)
    {
        var estate = new Estate("e", "", "", false, [], [], [], [Probe], [], [], [], []);
        return new ServiceWatch(timeline, new EstateHolder(estate), null!, _clock);
    }

    private static ProbeDefinition Probe { get; } = new(
        "p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 1));

    /// <summary>One character a second, as in <see cref="Scenario"/>.</summary>
    private async Task PlayAsync(Timeline timeline, string results)
    {
        foreach (var what in results)
        {
            var startedAt = _clock.Now;
            _time.Advance(TimeSpan.FromSeconds(0.2));
            var outcome = what == '+' ? ProbeOutcome.Up : ProbeOutcome.Down;
            await timeline.AcceptAsync(Probe, new ProbeResult("p", outcome, startedAt, _clock.Now, outcome.ToString()), default);
            _time.Advance(TimeSpan.FromSeconds(0.8));
        }
    }
}
