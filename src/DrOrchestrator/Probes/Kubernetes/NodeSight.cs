using k8s.Models;

namespace DrOrchestrator.Probes.Kubernetes;

/// <summary>A node as the API tells.</summary>
/// <param name="Ready">Status of its Ready condition; <c>Unknown</c> when it has none.</param>
/// <param name="Pressures">Names of the bad conditions it is in.</param>
/// <param name="HeartbeatAge">Of its lease; null when it has none.</param>
internal sealed record NodeSight(string Name, string Ready, IReadOnlyList<string> Pressures, TimeSpan? HeartbeatAge)
{
    private static readonly string[] Bad = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

    public static NodeSight Of(V1Node node, TimeSpan? heartbeatAge)
    {
        var conditions = node.Status?.Conditions ?? [];
        return new NodeSight(
            node.Metadata.Name,
            conditions.FirstOrDefault(c => c.Type == "Ready")?.Status ?? "Unknown",
            [.. conditions.Where(c => Bad.Contains(c.Type) && c.Status == "True").Select(c => c.Type)],
            heartbeatAge);
    }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Trouble(TimeSpan heartbeatWithin) =>
        Ready != "True" ? $"Ready={Ready}"
        : Pressures.Count > 0 ? string.Join(", ", Pressures)
        : HeartbeatAge is not { } age ? "no heartbeat"
        : age > heartbeatWithin ? FormattableString.Invariant($"last heartbeat {age.TotalSeconds:0.#}s ago")
        : null;
}
