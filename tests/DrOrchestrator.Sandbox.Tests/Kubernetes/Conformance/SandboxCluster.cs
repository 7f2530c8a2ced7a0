namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>The sandbox's site, started for the cases of one class.</summary>
public sealed class SandboxCluster : ConformanceCluster
{
    private TestSite? _site;

    /// <inheritdoc />
    public override bool IsSandbox => true;

    /// <inheritdoc />
    public override async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync();
        Connect(_site.Site.KubeconfigPath, null);
    }

    /// <inheritdoc />
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }
    }
}
