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
/// <param name="KubeconfigPath">Full path of the kubeconfig file, or null when the site has no cluster.</param>
/// <param name="KubernetesContext">Context within that file.</param>
public sealed record Site(string Name, SiteRole Role, string? Location, string? KubeconfigPath, string? KubernetesContext);
