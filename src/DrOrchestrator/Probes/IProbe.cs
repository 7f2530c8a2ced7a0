using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>One kind of observation. Returns a result within the definition's timeout whatever the target does; throws only when cancelled from outside. One look at a time.</summary>
public interface IProbe : IDisposable
{
    /// <summary>Looks once.</summary>
    Task<ProbeResult> RunAsync(CancellationToken cancellationToken);
}

/// <summary>Where results go; called in order for one probe, concurrently for different ones.</summary>
public interface IProbeResultSink
{
    /// <summary>Takes one result.</summary>
    ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken);
}
