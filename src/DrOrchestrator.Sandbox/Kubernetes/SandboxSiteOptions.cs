namespace DrOrchestrator.Sandbox.Kubernetes;

/// <summary>What one site of the lab is made of.</summary>
/// <param name="Name">Name of the site, also of its kubeconfig context; its node is called <c>&lt;name&gt;-node-1</c>.</param>
/// <param name="Folder">Everything the site writes is below this folder: objects, certificates, volumes, logs, ports, faults.</param>
/// <param name="PodCommandPrefix">The program (first) and leading arguments that run a container; its <c>command</c> and <c>args</c> follow.</param>
/// <param name="NodeHeartbeat">How often the kubelet renews its lease and its node's Ready condition; one second by default.</param>
/// <param name="RestartBackoff">First delay of the kubelet's restart back-off (ten seconds in Kubernetes); doubles up to five minutes.</param>
/// <param name="Requests">Hears every mutating request before it is answered.</param>
/// <param name="Time">Clock and timers of controllers, kubelet and API.</param>
public sealed record SandboxSiteOptions(
    string Name,
    string Folder,
    IReadOnlyList<string> PodCommandPrefix,
    TimeSpan NodeHeartbeat,
    TimeSpan RestartBackoff,
    IRequestRecord Requests,
    TimeProvider Time)
{
    /// <summary>How long the node controller waits for a heartbeat before it calls the node's state Unknown.</summary>
    public TimeSpan NodeGracePeriod { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How often a watch that asked for bookmarks gets one.</summary>
    public TimeSpan BookmarkPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many changes a watch can look back; older ones are answered 410 Gone.</summary>
    public int WatchHistory { get; init; } = 4096;
}
