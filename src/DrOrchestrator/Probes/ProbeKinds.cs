using System.Collections.Frozen;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Command;
using DrOrchestrator.Probes.Kubernetes;
using DrOrchestrator.Probes.Postgres;
using DrOrchestrator.Probes.Prometheus;

namespace DrOrchestrator.Probes;

/// <summary>Every kind of probe: one file, and one line here.</summary>
internal sealed class ProbeKinds(ProbeContext context)
{
    private static readonly FrozenDictionary<Type, Func<ProbeDefinition, ProbeContext, IProbe>> Factories =
        new Dictionary<Type, Func<ProbeDefinition, ProbeContext, IProbe>>
        {
            [typeof(HttpProbeSettings)] = (probe, context) => new HttpProbe(probe, (HttpProbeSettings)probe.Settings, context),
            [typeof(TcpProbeSettings)] = (probe, context) => new TcpProbe(probe, (TcpProbeSettings)probe.Settings, context),
            [typeof(DnsProbeSettings)] = (probe, context) => new DnsProbe(probe, (DnsProbeSettings)probe.Settings, context),
            [typeof(IcmpProbeSettings)] = (probe, context) => new IcmpProbe(probe, (IcmpProbeSettings)probe.Settings, context),
            [typeof(PostgresProbeSettings)] = (probe, context) => new PostgresProbe(probe, (PostgresProbeSettings)probe.Settings, context),
            [typeof(KubernetesProbeSettings)] = (probe, context) => new KubernetesProbe(probe, (KubernetesProbeSettings)probe.Settings, context),
            [typeof(PrometheusProbeSettings)] = (probe, context) => new PrometheusProbe(probe, (PrometheusProbeSettings)probe.Settings, context),
            [typeof(CommandProbeSettings)] = (probe, context) => new CommandProbe(probe, (CommandProbeSettings)probe.Settings, context),
        }.ToFrozenDictionary();

    public IProbe Create(ProbeDefinition probe) => Factories[probe.Settings.GetType()](probe, context);

    /// <summary>The same look, on a connection nobody has used before.</summary>
    public IProbe CreateFresh(ProbeDefinition probe) =>
        Create(probe.Settings switch
        {
            HttpProbeSettings http => probe with { Settings = http with { FreshConnection = true } },
            PostgresProbeSettings postgres => probe with { Settings = postgres with { FreshConnection = true } },
            _ => probe,
        });

    /// <summary>The same kinds, each of whose looks is told in full.</summary>
    public ProbeKinds Telling() => new(context with { TellAlways = true });
}
