using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Storage.Spooling;
using Microsoft.Extensions.Logging.Abstractions;
using static DrOrchestrator.Tests.Storage.Spooling.SpoolBench;
using static DrOrchestrator.Tests.Storage.Spooling.SpooledWritesTests;

namespace DrOrchestrator.Tests.Storage.Spooling;

public sealed class SpoolOverflowTests : IDisposable
{
    private const string Reason =
        "the database was away and the spool was full from 2026-03-01T08:01:40.000000Z to 2026-03-01T08:05:00.000000Z: what was seen is not on record";

    private readonly SpoolBench _bench = new(limit: 4096);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task WriteAsync_SpoolFull_NewestIsLostAndBecomesAnUnknownInterval()
    {
        await FillAsync();
        _bench.Time.Advance(T0.AddSeconds(110) - _bench.Clock.Now);
        await LoseAsync(Batch([Change("a", IntervalState.Down, 105)], new ObservedUntil("a", T0.AddSeconds(107), T0.AddSeconds(103), T0.AddSeconds(106))));
        await LoseAsync(Batch([Change("a", IntervalState.Up, 120)], new ObservedUntil("a", T0.AddSeconds(130), T0.AddSeconds(129), T0.AddSeconds(119))));

        await ReturnAsync();

        var rows = await _bench.Database.ReadAsync("a", T0, T0.AddHours(1), default);
        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown, IntervalState.Up);
        rows[1].Should().BeEquivalentTo(new { Start = new Edge(T0.AddSeconds(89.5), T0.AddSeconds(90), T0.AddSeconds(90)), Reason });
        rows[2].Start.Should().Be(new Edge(T0.AddSeconds(89.5), T0.AddSeconds(129), T0.AddSeconds(129)), "it is up again on record from the newest result that saw it so");
        rows[2].Reason.Should().Be("at 120");
        (await _bench.Database.ReadTailsAsync(default))["a"].Observed.Until.Should().Be(T0.AddSeconds(130));
    }

    [Fact]
    public async Task ReplayAsync_AfterAnOverflow_PutsItOnRecordOnceAndSaysSo()
    {
        await FillAsync();
        await LoseAsync(Observed("a", 110));
        _bench.Writes.Read().Losing.Should().Be(T0.AddSeconds(100));
        new DatabaseEngine(_bench.Writes).Read().WhatNoLongerHappens.Should().Contain("spool is full");

        await ReturnAsync();
        await _bench.Writes.ReplayAsync(default);

        var records = (await _bench.Evidence.ReadAsync(null, 0, 100, default)).Where(record => record.Kind.StartsWith("server.spool", StringComparison.Ordinal)).ToList();
        records.Select(record => record.Kind).Should().Equal("server.spool-full", "server.spool-overflowed");
        records[1].Payload.ToJsonString().Should().Be(
            """{"from":"2026-03-01T08:01:40.000000Z","probeNames":["a","filler"],"probes":2,"to":"2026-03-01T08:05:00.000000Z"}""");
        _bench.Writes.Read().Should().BeEquivalentTo(new
        {
            Losing = (DateTimeOffset?)null,
            AwaySince = (DateTimeOffset?)null,
            LastLoss = new SpoolLoss(T0.AddSeconds(100), T0.AddSeconds(300), ["a", "filler"]),
        });
        new DatabaseEngine(_bench.Writes).Read().WhatNoLongerHappens.Should().BeNull();
    }

    [Fact]
    public async Task ReplayAsync_GapCannotBeWrittenEither_KeepsItInTheSpool()
    {
        await FillAsync();
        await LoseAsync(Observed("a", 110));
        _bench.Time.Advance(T0.AddSeconds(300) - _bench.Clock.Now);
        var before = _bench.Attempts;
        _bench.Faults = attempt => attempt == before ? Fault.None : Fault.Kept;
        (await _bench.Writes.ReplayAsync(default)).Should().BeFalse();

        _bench.Restart();
        _bench.Faults = null;
        await ReplayAllAsync(_bench);

        (await _bench.Database.ReadAsync("a", T0, T0.AddHours(1), default)).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown, IntervalState.Up);
    }

    [Fact]
    public async Task ReplayAsync_ProcessDiedWhileItLost_TheBeginningOfTheLossIsOnRecord()
    {
        await FillAsync();
        await LoseAsync(Observed("a", 110));

        _bench.Restart();
        _bench.Faults = null;
        await ReplayAllAsync(_bench);

        (await _bench.Evidence.ReadAsync(null, 0, 100, default)).Where(record => record.Kind == "server.spool-full").Should().ContainSingle();
    }

    [Fact]
    public async Task WaitForAsync_ChangeLost_WaitsUntilItsRowIsDurable()
    {
        var probe = new ProbeDefinition("p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1, new TcpProbeSettings("127.0.0.1", 1));
        using var timeline = new Timeline(_bench.Timelines, _bench.Clock, NullLogger<Timeline>.Instance);
        var watch = new ServiceWatch(timeline, new EstateHolder(new Estate("e", "", "", false, [], [], [], [probe], [], [], [], [])), null!, _bench.Clock);
        await AcceptAsync(ProbeOutcome.Up);
        await FillAsync();
        var waiting = watch.WaitForAsync("p", IntervalState.Down, DateTimeOffset.MinValue, default);
        await AcceptAsync(ProbeOutcome.Down);
        watch.Current("p").State.Should().Be(IntervalState.Down, "live states go on");
        waiting.IsCompleted.Should().BeFalse();

        await ReturnAsync();
        await AcceptAsync(ProbeOutcome.Down);
        await timeline.TickAsync(default);

        (await waiting.WaitAsync(TimeSpan.FromSeconds(5))).State.Should().Be(IntervalState.Down);
        (await _bench.Database.ReadTailsAsync(default))["p"].Open.State.Should().Be(IntervalState.Down);

        ValueTask AcceptAsync(ProbeOutcome outcome) => timeline.AcceptAsync(
            probe, new ProbeResult("p", outcome, _bench.Clock.Now.AddSeconds(-0.1), _bench.Clock.Now, outcome.ToString()), default);
    }

    /// <summary>Up at 0 and seen so until 90; at 100 the database is away and the spool has no room left.</summary>
    private async Task FillAsync()
    {
        await _bench.Writes.WriteAsync(Batch([Change("a", IntervalState.Up, 0)], new ObservedUntil("a", T0.AddSeconds(90), T0.AddSeconds(89.5), null)), default);
        _bench.Faults = _ => Fault.Lost;
        _bench.Time.Advance(T0.AddSeconds(100) - _bench.Clock.Now);
        var random = new Random(1);
        while (_bench.Writes.Read().Losing is null)
        {
            try
            {
                var reason = new string([.. Enumerable.Range(0, 300).Select(_ => (char)random.Next('a', 'z'))]);
                await _bench.Writes.WriteAsync(Batch([Change("filler", IntervalState.Up, 95) with { Reason = reason }]), default);
            }
            catch (ObservationsLostException)
            {
                break;
            }
        }
    }

    private Task LoseAsync(TimelineBatch batch) => _bench.Writes.Invoking(writes => writes.WriteAsync(batch, default)).Should().ThrowAsync<ObservationsLostException>();

    /// <summary>At 300 the database is back.</summary>
    private async Task ReturnAsync()
    {
        _bench.Time.Advance(T0.AddSeconds(300) - _bench.Clock.Now);
        _bench.Faults = null;
        (await _bench.Writes.ReplayAsync(default)).Should().BeTrue();
    }
}
