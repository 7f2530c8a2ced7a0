using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes;

/// <summary>One site of the lab: an HTTPS Kubernetes API with a CA of its own, controllers, and a node whose kubelet runs pods as child processes.</summary>
public sealed class SandboxSite : IAsyncDisposable
{
    private SandboxSite(SandboxSiteOptions options, Uri apiUrl)
    {
        ApiUrl = apiUrl;
        KubeconfigPath = Path.Combine(options.Folder, "kubeconfig");
        Faults = new SiteFaults(Path.Combine(options.Folder, "faults.json"));
    }

    /// <summary>Where the API listens, on 127.0.0.1; the same after a restart of the site.</summary>
    public Uri ApiUrl { get; }

    /// <summary>A kubeconfig (0600) with the CA, one context named as the site, and a token.</summary>
    public string KubeconfigPath { get; }

    /// <summary>What is broken here on purpose.</summary>
    public SiteFaults Faults { get; }

    /// <summary>Starts the site on its folder, which is made when it is new; what an earlier start decided is still there.</summary>
    public static Task<SandboxSite> StartAsync(SandboxSiteOptions options, CancellationToken ct)
    {
        Directory.CreateDirectory(options.Folder);
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(new SandboxSite(options, new Uri("https://127.0.0.1:0")));
    }

    /// <summary>Creates those of the objects that do not exist yet, with field manager <c>sandbox-seed</c>.</summary>
    public Task SeedAsync(IReadOnlyList<JsonObject> objects, CancellationToken ct)
    {
        _ = ApiUrl;
        return Task.FromException(new NotSupportedException("The API is not served yet."));
    }

    /// <summary>Stops the API and ends every pod process; objects stay as they are.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
