using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.RecoveryPoints;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>The spool changes nothing while the database answers.</summary>
public sealed class SpooledTimelineStoreTests : TimelineStoreContract, IDisposable
{
    private readonly SpoolBench _bench = new();

    protected override ITimelineStore Store => _bench.Timelines;

    public void Dispose() => _bench.Dispose();
}

/// <summary>Nor for readers while everything that was written waits in it.</summary>
public sealed class WaitingTimelineStoreTests : TimelineStoreContract, IDisposable
{
    private readonly SpoolBench _bench = new() { Faults = _ => SpoolBench.Fault.Lost };

    protected override ITimelineStore Store => _bench.Timelines;

    public void Dispose() => _bench.Dispose();
}

/// <summary>Nor when all of it has also reached the database and nobody heard of it.</summary>
public sealed class KeptTimelineStoreTests : TimelineStoreContract, IDisposable
{
    private readonly SpoolBench _bench = new() { Faults = _ => SpoolBench.Fault.Kept };

    protected override ITimelineStore Store => _bench.Timelines;

    public void Dispose() => _bench.Dispose();
}

public sealed class SpooledProbeMinuteStoreTests : ProbeMinuteStoreContract, IDisposable
{
    private readonly SpoolBench _bench = new();

    protected override IProbeMinuteStore Store => new SpooledProbeMinuteStore(_bench.DatabaseMinutes, new Lazy<SpooledWrites>(_bench.Writes), SpoolBench.Reads);

    /// <summary>In the database, rolled up, and waiting, in every combination: a minute counts once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadPastAsync_MinutesThatWait_CountOnceBeforeAndAfterTheyArrive(bool areThereToo)
    {
        SeenMinute Seen(int minute) => new("e", new ProbeMinute("a", SpoolBench.T0.AddMinutes(minute), 2, 0, 0, LatencyHistogram.Empty));
        async Task<long> GoodAsync() => (await Store.ReadPastAsync("a", SpoolBench.T0, SpoolBench.T0.AddHours(2), default)).Sum().Sum.Good;
        await Store.SaveAsync([Seen(1), Seen(2)], default);
        await Store.RollUpAsync(SpoolBench.T0.AddHours(2), default);
        _bench.Faults = _ => areThereToo ? SpoolBench.Fault.Kept : SpoolBench.Fault.Lost;

        await Store.SaveAsync([Seen(3), Seen(2)], default);
        (await GoodAsync()).Should().Be(6);
        await Store.RollUpAsync(SpoolBench.T0.AddHours(2), default);
        (await GoodAsync()).Should().Be(6);

        _bench.Faults = null;
        await SpooledWritesTests.ReplayAllAsync(_bench);
        (await GoodAsync()).Should().Be(6);
        await Store.RollUpAsync(SpoolBench.T0.AddHours(2), default);
        (await GoodAsync()).Should().Be(6);
        (await _bench.DatabaseMinutes.ReadPastAsync("a", SpoolBench.T0, SpoolBench.T0.AddHours(2), default)).Hours.Should().ContainSingle().Which.Sum.Good.Should().Be(6);
    }

    public void Dispose() => _bench.Dispose();
}

public sealed class SpooledExposureStoreTests : ExposureStoreContract
{
    private readonly SpoolBench _bench = new();

    protected override IExposureStore Store => new SpooledExposureStore(_bench.DatabaseExposures, new Lazy<SpooledWrites>(_bench.Writes), SpoolBench.Reads);

    protected override void Reopen() => _bench.Restart();

    public override void Dispose() => _bench.Dispose();
}
