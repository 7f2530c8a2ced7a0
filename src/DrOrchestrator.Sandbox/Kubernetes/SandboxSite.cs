using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Api;
using DrOrchestrator.Sandbox.Kubernetes.Controllers;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;
using DrOrchestrator.Sandbox.Kubernetes.Registry;
using DrOrchestrator.Sandbox.Kubernetes.Services;

namespace DrOrchestrator.Sandbox.Kubernetes;

/// <summary>One site of the lab: an HTTPS Kubernetes API with a CA of its own, controllers, and a node whose kubelet runs pods as child processes.</summary>
public sealed class SandboxSite : IAsyncDisposable
{
    private readonly ObjectRegistry _registry;
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly FileStream _lock;

    private SandboxSite(SandboxSiteOptions options, SiteAccess access, ObjectRegistry registry, FileStream folderLock)
    {
        ApiUrl = access.Url;
        KubeconfigPath = Path.Combine(options.Folder, "kubeconfig");
        Faults = new SiteFaults(Path.Combine(options.Folder, "faults.json"));
        _registry = registry;
        _lock = folderLock;
    }

    /// <summary>Where the API listens, on 127.0.0.1; the same after a restart of the site.</summary>
    public Uri ApiUrl { get; }

    /// <summary>A kubeconfig (0600) with the CA, one context named as the site, and a token.</summary>
    public string KubeconfigPath { get; }

    /// <summary>What is broken here on purpose.</summary>
    public SiteFaults Faults { get; }

    /// <summary>Starts the site on its folder, which is made when it is new; what an earlier start decided is still there.</summary>
    /// <exception cref="IOException">The folder is in use by another site, or its API's port by another program.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static async Task<SandboxSite> StartAsync(SandboxSiteOptions options, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The sandbox runs pods as Linux processes; it needs Linux.");
        }

        Directory.CreateDirectory(options.Folder);
        var folderLock = Lock(options.Folder);
        try
        {
            await ProcessMarks.EndLeftoversAsync(new PodFolders(options.Folder).Processes, options.Time, ct);
            var access = SiteAccess.Obtain(options.Folder);
            var registry = new ObjectRegistry(new ObjectStore(options.Folder, options.WatchHistory), options.Time);
            var site = new SandboxSite(options, access, registry, folderLock);
            try
            {
                await site.StartPartsAsync(options, access, ct);
                return site;
            }
            catch
            {
                await site.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await folderLock.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates those of the objects that do not exist yet, with field manager <c>sandbox-seed</c>.</summary>
    /// <exception cref="ArgumentException">An object is of no kind the site serves, or the API would refuse it.</exception>
    public Task SeedAsync(IReadOnlyList<JsonObject> objects, CancellationToken ct)
    {
        foreach (var content in objects)
        {
            ct.ThrowIfCancellationRequested();
            var kind = ResourceKind.OfObject(content.Text("apiVersion"), content.Text("kind"))
                ?? throw new ArgumentException($"The site serves no objects of kind {content.Text("apiVersion")} {content.Text("kind")}.", nameof(objects));
            var home = kind.Namespaced ? content.Text("metadata", "namespace") ?? "default" : "";
            var key = new ObjectKey(kind, home, content.Text("metadata", "name") ?? "");
            if (_registry.Store.Find(key) is not null)
            {
                continue;
            }

            try
            {
                _registry.Create(key, content, new Writer("sandbox-seed"));
            }
            catch (ApiRefusal refusal)
            {
                throw new ArgumentException($"{kind.Kind} {key.Name} cannot be seeded: {refusal.Message}", nameof(objects), refusal);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Stops the API and ends every pod process; objects stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        await _lock.DisposeAsync();
    }

    /// <summary>How many pods of a Deployment are ready.</summary>
    internal long ReadyReplicas(string home, string deployment) =>
        _registry.Store.Find(new ObjectKey(ResourceKind.Deployments, home, deployment))?.Parse().Number("status", "readyReplicas") ?? 0;

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem)
        {
            throw new IOException($"The folder '{folder}' is in use by another sandbox site; stop that one or choose another folder.", problem);
        }
    }

    private async Task StartPartsAsync(SandboxSiteOptions options, SiteAccess access, CancellationToken ct)
    {
        var store = _registry.Store;
        var folders = new PodFolders(options.Folder);
        var certificates = SiteCertificates.Obtain(options.Folder, options.Name, options.Time);
        access.WriteKubeconfig(KubeconfigPath, options.Name, certificates.AuthorityPem);
        await SeedAsync([.. SiteObjects.Namespaces.Select(SiteObjects.Namespace)], ct);

        _ = Started(new Heartbeat(options, _registry, Faults), part => part.Start());
        var node = Started(new NodeAgent(options, _registry, Faults, folders), part => part.Start());
        _ = Started(new ServiceProxy(store, node, Faults, options.Time), part => part.Start());
        _ = Started(new ControllerLoop(_registry, Controllers(options, folders)), part => part.Start());
        var handler = new ApiHandler(
            options,
            access.Token,
            new ObjectRequests(_registry),
            new WatchRequests(store, options.Time, options.BookmarkPeriod),
            new ScaleSubresource(_registry),
            new LogRequests(store, folders, options.Time),
            new ExecRequests(store, node));
        _parts.Push(await ApiServer.StartAsync(access, certificates, handler, ct));
    }

    private static IController[] Controllers(SandboxSiteOptions options, PodFolders folders) =>
    [
        new NodeController(options.NodeGracePeriod),
        new DeploymentController(),
        new ReplicaSetController(),
        new StatefulSetController(),
        new JobController(options.RestartBackoff),
        new ClaimController(folders),
        new Scheduler(),
        new GarbageCollector(),
    ];

    private T Started<T>(T part, Action<T> start)
        where T : IAsyncDisposable
    {
        start(part);
        _parts.Push(part);
        return part;
    }
}
