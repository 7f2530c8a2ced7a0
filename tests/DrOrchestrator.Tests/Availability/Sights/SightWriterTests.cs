using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Testing.Availability.Sights;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability.Sights;

/// <summary>A lookout's keeper and pen over a store in memory; one look a second, two confirm.</summary>
public sealed class SightWriterTests : IDisposable
{
    private static readonly ProbeDefinition Probe = new("p", "s", null, ProbeRole.Service, "f", Span(1), Span(1), 2, new TcpProbeSettings("h", 1));

    private readonly FakeTimeProvider _time = new(T0);
    private readonly MemorySightStore _store = new();
    private readonly LookoutEnd _end = new();
    private readonly SightKeeper _keeper;
    private readonly SightWriter _writer;

    public SightWriterTests()
    {
        var clock = new ProcessClock(_time);
        _keeper = new SightKeeper(clock);
        _writer = new SightWriter(_store, _keeper, new LookoutPost(new VantagePoint("dc-b", [], ControlsRule.All), "e1"), _end, clock, new NoLifetime(), NullLogger<SightWriter>.Instance);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _keeper.Dispose();
    }

    [Fact]
    public async Task BeatAsync_LooksThatChangeNothing_WriteNoSight()
    {
        await LookAsync("++");
        await _writer.BeatAsync(default);
        await LookAsync("++++++++");
        await _writer.BeatAsync(default);

        var reading = await ReadAsync();
        reading.Beat.Should().BeEquivalentTo(new { Vantage = "dc-b", Number = 2, Estate = "e1", Looks = 10 });
        reading.Sights.Should().Equal(new Sight("p", IntervalState.Up, At(0), At(1.2), "Up"));
    }

    [Fact]
    public async Task BeatAsync_ItsOwnConfirmation_DecidesWhatItSays()
    {
        await LookAsync("++-");
        await _writer.BeatAsync(default);
        (await ReadAsync()).Sights.Single().State.Should().Be(IntervalState.Up, "one failure is none yet");

        await LookAsync("-");
        await _writer.BeatAsync(default);
        (await ReadAsync()).Sights.Single().Should().BeEquivalentTo(new { State = IntervalState.Down, Since = At(2), Reason = "Down" });
    }

    [Fact]
    public async Task BeatAsync_ItSuspectsItself_SaysNothingOfTheProbe()
    {
        await LookAsync("++?");
        await _writer.BeatAsync(default);

        (await ReadAsync()).Sights.Single().State.Should().Be(IntervalState.Unknown);
    }

    [Fact]
    public async Task BeatAsync_NoResultForTooLong_SaysUnknown()
    {
        await LookAsync("++");
        await _writer.BeatAsync(default);
        _time.Advance(Span(10));
        await _writer.BeatAsync(default);

        (await ReadAsync()).Sights.Single().State.Should().Be(IntervalState.Unknown, "a loop that hangs must not vote by its last word");
    }

    [Fact]
    public async Task BeatAsync_DatabaseAway_WritesTheNewestOnceItIsBack()
    {
        await LookAsync("++");
        await _writer.BeatAsync(default);
        _store.Away = new InvalidOperationException("away");
        for (var i = 0; i < 50; i++)
        {
            await LookAsync("--++");
            await _writer.BeatAsync(default);
        }

        await LookAsync("--");
        await _writer.BeatAsync(default);
        await LookAsync("--");
        _store.Away = null;
        await _writer.BeatAsync(default);

        (await ReadAsync()).Should().BeEquivalentTo(new { Beat = new { Number = 2 }, Sights = new[] { new { State = IntervalState.Down } } });
    }

    [Fact]
    public async Task Take_AnyNumberOfChanges_IsOneSightOfAProbe()
    {
        await LookAsync(string.Concat(Enumerable.Repeat("--++", 50)));

        _keeper.Take(whole: false).Should().ContainSingle();
        _keeper.Take(whole: false).Should().BeEmpty();
    }

    [Fact]
    public async Task BeatAsync_WhatWasWrittenIsGone_WritesEverythingAnew()
    {
        await LookAsync("++");
        await _writer.BeatAsync(default);
        await _writer.BeatAsync(default);
        await _store.WriteAsync((await ReadAsync()).Beat with { Number = 1 }, [], default);

        await _writer.BeatAsync(default);
        await _writer.BeatAsync(default);

        _end.IsReplaced.Should().BeFalse("it was its own");
        (await ReadAsync()).Sights.Should().ContainSingle();
    }

    [Fact]
    public async Task BeatAsync_AnotherProcessLooksFromThere_Ends()
    {
        await _writer.BeatAsync(default);
        await _store.WriteAsync(new VantageBeat("dc-b", "other", 1, "e1", 0, 0, T0), [], default);

        await _writer.BeatAsync(default);

        _end.IsReplaced.Should().BeTrue();
        (await ReadAsync()).Beat.Epoch.Should().Be("other");
    }

    [Fact]
    public async Task ToSight_LongReason_IsCut()
    {
        await _keeper.AcceptAsync(Probe, new ProbeResult("p", ProbeOutcome.Up, At(0), At(0.2), new string('x', 5000)), default);
        await _keeper.AcceptAsync(Probe, new ProbeResult("p", ProbeOutcome.Up, At(1), At(1.2), ""), default);
        await _writer.BeatAsync(default);

        (await ReadAsync()).Sights.Single().Reason.Should().HaveLength(Sight.LongestReason);
    }

    private async Task LookAsync(string results)
    {
        foreach (var what in results)
        {
            var outcome = what switch { '+' => ProbeOutcome.Up, '-' => ProbeOutcome.Down, _ => ProbeOutcome.Unknown };
            var at = T0 + (_time.GetUtcNow() - T0);
            await _keeper.AcceptAsync(Probe, new ProbeResult("p", outcome, at, at + Span(0.2), outcome.ToString()), default);
            _time.Advance(Span(1));
        }
    }

    private async Task<VantageReading> ReadAsync() => (await _store.ReadAsync(new Dictionary<string, VantageBeat>(), default)).Single();

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
