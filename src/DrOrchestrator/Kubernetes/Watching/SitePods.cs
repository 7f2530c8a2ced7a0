namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>What runs in one namespace of one site. For people to look at: nothing that acts may go by it.</summary>
/// <param name="Counts">Null: unknown. Nothing has confirmed it within its validity, however good the last value was.</param>
/// <param name="ConfirmedAt">When it was last confirmed; null for never.</param>
/// <param name="Age">Since then, monotonic.</param>
/// <param name="Problem">Why it cannot be followed just now; null when it is.</param>
public sealed record SitePods(string Site, string Namespace, PodCounts? Counts, DateTimeOffset? ConfirmedAt, TimeSpan? Age, string? Problem);

/// <summary>Pods, counted.</summary>
/// <param name="Total">All of them, those that end too.</param>
/// <param name="Ready">Ready, and not asked to end.</param>
/// <param name="ByPhase">By the server's own word.</param>
/// <param name="Troubles">Why pods are not ready, in Kubernetes' own words.</param>
public sealed record PodCounts(int Total, int Ready, IReadOnlyDictionary<string, int> ByPhase, IReadOnlyDictionary<string, int> Troubles)
{
    /// <summary>Pods whose containers have been started.</summary>
    public int Running => ByPhase.GetValueOrDefault("Running");
}

/// <summary>Who knows what runs at the sites.</summary>
public interface ISitePods
{
    /// <summary>One for each namespace that is followed, by site and namespace; at once, from memory.</summary>
    IReadOnlyList<SitePods> Read();
}
