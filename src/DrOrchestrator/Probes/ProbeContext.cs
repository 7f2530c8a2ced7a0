using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>What every probe may use, whatever its kind: one property for each thing that kinds share. A kind takes from it what it needs.</summary>
/// <param name="Connections">Shared HTTP connections and nonces.</param>
/// <param name="Clock">The only clock.</param>
internal sealed record ProbeContext(ProbeConnections Connections, ProcessClock Clock)
{
    /// <summary>The programs that this server may start: none where nobody said otherwise.</summary>
    public AllowedCommands Commands { get; init; } = AllowedCommands.None;

    /// <summary>The estate in force, for kinds that find their target through it.</summary>
    public EstateHolder Estates { get; init; } = new(Estate.None);

    /// <summary>The clusters of the estate's sites; null where there are none to ask.</summary>
    public ClusterConnections? Clusters { get; init; }

    /// <summary>Versions of the databases that probes have seen.</summary>
    public DatabaseVersions Versions { get; init; } = new();

    /// <summary>True where a good look is told in full too (<c>dro probe once</c>); otherwise only a look that failed has its notes.</summary>
    public bool TellAlways { get; init; }
}
