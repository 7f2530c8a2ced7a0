namespace DrOrchestrator.Estates;

/// <summary>What a site is for.</summary>
public enum SiteRole
{
    /// <summary>production: 生产中心.</summary>
    Production,

    /// <summary>same-city: 同城灾备中心.</summary>
    SameCity,

    /// <summary>remote: 异地灾备中心.</summary>
    Remote,
}

/// <summary>A data centre or cluster.</summary>
/// <param name="KubeconfigPath">
/// Full path of the kubeconfig file, or of several with colons between, as in <c>KUBECONFIG</c>; or <see cref="InCluster"/>; or null when the site has no cluster.
/// </param>
/// <param name="KubernetesContext">Context within it; <see cref="InCluster"/> where that is the way.</param>
public sealed record Site(string Name, SiteRole Role, string? Location, string? KubeconfigPath, string? KubernetesContext)
{
    /// <summary>The cluster whose pod the orchestrator itself runs in, by the pod's service account.</summary>
    public const string InCluster = "in-cluster";

    /// <summary>Lists, access reviews, dry runs and discovery that its API is asked for in a second, of two seconds at once; 5 to 1000. Writes and reads of one object do not wait for it.</summary>
    public int ReadsPerSecond { get; init; } = 50;

    /// <summary>
    /// Whether both are reached by one entry: the same context, and a kubeconfig file that both lists hold. The first file that has a named entry gives it, so that a list that also
    /// holds production's file may give production's credential.
    /// </summary>
    public bool IsReachedAs(Site other) => KubernetesContext is not null && KubernetesContext == other.KubernetesContext && KubeconfigFiles.Of(KubeconfigPath).Intersect(KubeconfigFiles.Of(other.KubeconfigPath)).Any();
}
