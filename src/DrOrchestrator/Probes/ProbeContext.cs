using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>What every probe may use, whatever its kind: one property for each thing that kinds share. A kind takes from it what it needs.</summary>
/// <param name="Connections">Shared HTTP connections and nonces.</param>
/// <param name="Clock">The only clock.</param>
internal sealed record ProbeContext(ProbeConnections Connections, ProcessClock Clock)
{
    /// <summary>True where a good look is told in full too (<c>dro probe once</c>); otherwise only a look that failed has its notes.</summary>
    public bool TellAlways { get; init; }
}
