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

public sealed class ProbeMinutesTests : IDisposable
{
    private static readonly ProbeDefinition Probe = new(
        "p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 2, new TcpProbeSettings("127.0.0.1", 1));

    private readonly FakeTimeProvider _time = new(T0);
    private readonly TemporaryDatabase _temporary = new();
    private readonly ProcessClock _clock;

    public ProbeMinutesTests() => _clock = new ProcessClock(_time);

    private SqlTimelineStore Timelines => new(_temporary.Database, _temporary.Gate);

    private SqlProbeMinuteStore Minutes => new(_temporary.Database, _temporary.Gate);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task ReadAsync_RunningMinute_ShowsWhatItHasSoFar()
    {
        using var timeline = Create(Timelines);

        await PlayAsync(timeline, 10, good: 6, failed: 3, unknown: 1, value: 2.5);

        (await ReadAsync(timeline)).Should().Equal(new ProbeMinute("p", T0, 6, 3, 1, Took(0.1, 6), new ProbeValues(10, 25, 2.5, 2.5)));
        (await Minutes.ReadAsync("p", T0, At(3600), default)).Should().BeEmpty("the minute is not over");
    }

    [Fact]
    public async Task ReadAsync_MinuteOver_IsOnDiskAndCountedOnce()
    {
        using var timeline = Create(Timelines);
        await PlayAsync(timeline, 70, good: 70);
        var before = await ReadAsync(timeline);

        await timeline.TickAsync(default);

        (await Minutes.ReadAsync("p", T0, At(3600), default)).Should().ContainSingle().Which.Minute.Good.Should().Be(60);
        before.Select(minute => minute.Good).Should().Equal(60, 10);
        (await ReadAsync(timeline)).Should().Equal(before);
    }

    [Fact]
    public async Task TickAsync_NoMoreResults_EndsTheMinute()
    {
        using var timeline = Create(Timelines);
        await PlayAsync(timeline, 5, good: 5);
        _time.Advance(TimeSpan.FromMinutes(1));

        await timeline.TickAsync(default);

        (await Minutes.ReadAsync("p", T0, At(3600), default)).Should().ContainSingle().Which.Minute.Good.Should().Be(5);
    }

    [Fact]
    public async Task EndAsync_RestartWithinTheMinute_BothProcessesCount()
    {
        using (var first = Create(Timelines))
        {
            await PlayAsync(first, 20, good: 20);
            await first.EndAsync(default);
        }

        using var second = Create(Timelines);
        await PlayAsync(second, 10, good: 9, failed: 1);
        await second.EndAsync(default);

        (await ReadAsync(second)).Should().Equal(new ProbeMinute("p", T0, 29, 1, 0, Took(0.1, 29)));
    }

    [Fact]
    public async Task TickAsync_ManyMinutesAtOnce_AreWrittenInPiecesAndSeenAllTheTime()
    {
        using var timeline = Create(Timelines);
        var probes = Enumerable.Range(0, 1500).Select(number => Probe with { Name = $"p{number}" }).ToList();
        foreach (var probe in probes)
        {
            await timeline.AcceptAsync(probe, new ProbeResult(probe.Name, ProbeOutcome.Up, _clock.Now, _clock.Now, "r"), default);
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        await timeline.TickAsync(default);

        (await OnDiskAsync()).Should().Be(1000);
        (await new ProbeMinutes(Minutes, timeline).ReadAsync("p1499", T0, At(3600), default)).Should().ContainSingle();
        await timeline.TickAsync(default);
        (await OnDiskAsync()).Should().Be(1500);

        async Task<int> OnDiskAsync()
        {
            var rows = 0;
            foreach (var probe in probes)
            {
                rows += (await Minutes.ReadAsync(probe.Name, T0, At(3600), default)).Count;
            }

            return rows;
        }
    }

    [Fact]
    public async Task TickAsync_StoreAway_KeepsTheMinutesForLater()
    {
        var store = new MemoryTimelineStore { Failure = new IOException("disk away") };
        using var timeline = Create(store);
        await PlayAsync(timeline, 70, good: 70);
        await timeline.TickAsync(default);
        (await new ProbeMinutes(store.Minutes, timeline).ReadAsync("p", T0, At(3600), default)).Select(minute => minute.Good).Should().Equal(60, 10);

        store.Failure = null;
        await timeline.TickAsync(default);

        (await store.Minutes.ReadAsync("p", T0, At(3600), default)).Should().ContainSingle().Which.Minute.Good.Should().Be(60);
    }

    [Fact]
    public async Task SumAsync_HoursMinutesAndTheRunningOne_CountsEachOnce()
    {
        using var timeline = Create(Timelines);
        for (var minute = 0; minute < 70; minute++)
        {
            await PlayAsync(timeline, 1, good: 1, value: 2.5);
            _time.Advance(TimeSpan.FromSeconds(59));
        }

        await timeline.TickAsync(default);
        await PlayAsync(timeline, 3, good: 2, failed: 1);
        var before = await new ProbeMinutes(Minutes, timeline).SumAsync("p", T0, At(36000), default);

        (await Minutes.RollUpAsync(_clock.Now, default)).Should().Be(1);

        before.Should().BeEquivalentTo(new { Sum = new { Good = 72L, Failed = 1L, Values = new ProbeValues(70, 175, 2.5, 2.5) }, LookedMinutes = 71L, Since = T0 });
        (await new ProbeMinutes(Minutes, timeline).SumAsync("p", T0, At(36000), default)).Should().Be(before);
    }

    [Fact]
    public async Task BeatAsync_DatabaseCannotBeWritten_IsNoEndAndTheNextBeatDoesIt()
    {
        var store = new MemoryProbeMinuteStore();
        await store.SaveAsync([new SeenMinute("e", new ProbeMinute("p", T0, 1, 0, 0, LatencyHistogram.Empty))], default);
        var failing = new FailingRollUp(store) { Fails = true };
        using var keeper = new ProbeHourKeeper(failing, _clock, NullLogger<ProbeHourKeeper>.Instance);
        _time.Advance(TimeSpan.FromHours(2));

        await keeper.BeatAsync(default);
        (await store.ReadPastAsync("p", T0, At(3600), default)).Hours.Should().BeEmpty();
        failing.Fails = false;
        await keeper.BeatAsync(default);

        (await store.ReadPastAsync("p", T0, At(3600), default)).Hours.Should().ContainSingle();
    }

    private sealed class FailingRollUp(IProbeMinuteStore inner) : IProbeMinuteStore
    {
        public bool Fails { get; set; }

        public Task SaveAsync(IReadOnlyList<SeenMinute> minutes, CancellationToken cancellationToken) => inner.SaveAsync(minutes, cancellationToken);

        public Task<IReadOnlyList<SeenMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.ReadAsync(probe, from, to, cancellationToken);

        public Task<ProbePast> ReadPastAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.ReadPastAsync(probe, from, to, cancellationToken);

        public Task<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => Fails ? throw new IOException("away") : inner.RollUpAsync(now, cancellationToken);
    }

    private Timeline Create(ITimelineStore store) => new(store, _clock, NullLogger<Timeline>.Instance);

    private Task<IReadOnlyList<ProbeMinute>> ReadAsync(Timeline timeline) => new ProbeMinutes(Minutes, timeline).ReadAsync("p", T0, At(3600), default);

    private static LatencyHistogram Took(double seconds, int times) => LatencyHistogram.Of(Enumerable.Repeat(Span(seconds), times));

    /// <summary>One result a second: the good ones first.</summary>
    private async Task PlayAsync(Timeline timeline, int seconds, int good = 0, int failed = 0, int unknown = 0, double? value = null)
    {
        (good + failed + unknown).Should().Be(seconds);
        for (var second = 0; second < seconds; second++)
        {
            var outcome = second < good ? ProbeOutcome.Up : second < good + failed ? ProbeOutcome.Down : ProbeOutcome.Unknown;
            var startedAt = _clock.Now;
            _time.Advance(TimeSpan.FromSeconds(0.1));
            await timeline.AcceptAsync(Probe, new ProbeResult("p", outcome, startedAt, _clock.Now, "r") { Value = value }, default);
            _time.Advance(TimeSpan.FromSeconds(0.9));
        }
    }
}
