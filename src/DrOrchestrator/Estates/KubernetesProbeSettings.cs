namespace DrOrchestrator.Estates;

/// <summary><c>kubernetes</c>: what the API of the probe's site says now; never a cache.</summary>
public sealed record KubernetesProbeSettings(KubernetesCheck Check) : ProbeSettings("kubernetes")
{
    /// <inheritdoc />
    public override string Target => Check.ToString();
}

/// <summary>One of the things that can be asked.</summary>
public abstract record KubernetesCheck
{
    private KubernetesCheck()
    {
    }

    /// <summary><c>workload-ready</c>: enough pods of a workload are ready, and its controller has seen its newest form.</summary>
    /// <param name="Kind"><c>deployment</c>, <c>statefulset</c> or <c>daemonset</c>.</param>
    /// <param name="AtLeast">Ready pods that are enough; null for all it wants, of which there must be one.</param>
    public sealed record WorkloadReady(string Namespace, string Kind, string Name, int? AtLeast) : KubernetesCheck
    {
        /// <inheritdoc />
        public override string ToString() => $"{Kind}/{Name} in {Namespace}";
    }

    /// <summary><c>nodes</c>: enough nodes are Ready, heard of lately and under no pressure.</summary>
    /// <param name="Selector">Label selector; empty for all nodes.</param>
    /// <param name="AtLeast">Good nodes that are enough; null for every one, of which there must be one.</param>
    /// <param name="HeartbeatWithin">Oldest good heartbeat.</param>
    public sealed record Nodes(string Selector, int? AtLeast, TimeSpan HeartbeatWithin) : KubernetesCheck
    {
        /// <inheritdoc />
        public override string ToString() => Selector.Length == 0 ? "nodes" : $"nodes with {Selector}";
    }
}
