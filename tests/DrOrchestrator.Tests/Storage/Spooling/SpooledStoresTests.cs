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

    public void Dispose() => _bench.Dispose();
}

public sealed class SpooledExposureStoreTests : ExposureStoreContract
{
    private readonly SpoolBench _bench = new();

    protected override IExposureStore Store => new SpooledExposureStore(_bench.DatabaseExposures, new Lazy<SpooledWrites>(_bench.Writes), SpoolBench.Reads);

    protected override void Reopen() => _bench.Restart();

    public override void Dispose() => _bench.Dispose();
}
