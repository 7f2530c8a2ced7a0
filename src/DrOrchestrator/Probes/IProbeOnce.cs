using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>One look of one probe outside every loop, told in full; nothing of it is kept.</summary>
public interface IProbeOnce
{
    /// <summary>Looks on a fresh connection.</summary>
    Task<ProbeResult> LookAsync(ProbeDefinition probe, CancellationToken cancellationToken);
}

/// <summary>See <see cref="IProbeOnce"/>.</summary>
internal sealed class ProbeOnce(ProbeKinds kinds) : IProbeOnce
{
    public async Task<ProbeResult> LookAsync(ProbeDefinition probe, CancellationToken cancellationToken)
    {
        using var fresh = kinds.Telling().CreateFresh(probe);
        return await fresh.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
