using System.Collections.Frozen;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>Every kind of probe: one file, and one line here.</summary>
internal sealed class ProbeKinds(ProbeConnections connections, ProcessClock clock)
{
    private static readonly FrozenDictionary<Type, Func<ProbeDefinition, ProbeConnections, ProcessClock, IProbe>> Factories =
        new Dictionary<Type, Func<ProbeDefinition, ProbeConnections, ProcessClock, IProbe>>
        {
            [typeof(HttpProbeSettings)] = (probe, shared, clock) => new HttpProbe(probe, (HttpProbeSettings)probe.Settings, shared, clock),
            [typeof(TcpProbeSettings)] = (probe, _, clock) => new TcpProbe(probe, (TcpProbeSettings)probe.Settings, clock),
        }.ToFrozenDictionary();

    public IProbe Create(ProbeDefinition probe) => Factories[probe.Settings.GetType()](probe, connections, clock);

    /// <summary>The same look, on a connection nobody has used before.</summary>
    public IProbe CreateFresh(ProbeDefinition probe) =>
        Create(probe.Settings is HttpProbeSettings http ? probe with { Settings = http with { FreshConnection = true } } : probe);
}
