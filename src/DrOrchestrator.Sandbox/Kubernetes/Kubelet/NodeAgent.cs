using System.Collections.Concurrent;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>The kubelet of the site's one node: a worker per pod, as long as it hears the API. What it does not hear, it does not act on.</summary>
internal sealed class NodeAgent : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new(StringComparer.Ordinal);
    private readonly ChangeFeed _pods;
    private readonly PodSurroundings _around;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public NodeAgent(SandboxSiteOptions options, ObjectRegistry registry, SiteFaults faults, PodFolders folders)
    {
        Registry = registry;
        Faults = faults;
        _around = new PodSurroundings(options, registry, faults, folders, new ClaimLocks(), () => Connected, new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }));
        _pods = registry.Store.Subscribe(change => change.After.Key.Kind == ResourceKind.Pods);
        faults.Changed += FaultsChanged;
    }

    public static Writer Kubelet => new("kubelet", "status");

    private ObjectRegistry Registry { get; }

    private SiteFaults Faults { get; }

    private bool Connected => !Faults.NodeNotReady;

    public void Start()
    {
        _pods.Wake();
        _loop = RunAsync(_stopping.Token);
    }

    /// <summary>The port the pod listens on; null when it has no process here.</summary>
    public int? PortOf(string uid) => _workers.GetValueOrDefault(uid)?.Port;

    /// <summary>Starts a command beside a container's own process; null when that process does not run here.</summary>
    public ContainerExec? Exec(string uid, string container, IReadOnlyList<string> command) => Connected ? _workers.GetValueOrDefault(uid)?.Exec(container, command) : null;

    public async ValueTask DisposeAsync()
    {
        Faults.Changed -= FaultsChanged;
        await _stopping.CancelAsync();
        await _loop;
        Registry.Store.Unsubscribe(_pods);
        await Task.WhenAll(_workers.Values.Select(worker => worker.AbandonAsync(LastWords)));
        _around.Client.Dispose();
        _stopping.Dispose();
    }

    private void FaultsChanged()
    {
        if (Faults.KillLedger)
        {
            foreach (var worker in _workers.Values)
            {
                worker.KillIfLedger();
            }
        }

        _pods.Wake();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var wasConnected = true;
        try
        {
            while (true)
            {
                await _pods.WaitAsync(stopping);
                if (Connected)
                {
                    Look(catchUp: !wasConnected);
                }

                wasConnected = Connected;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The site stops; its pods are ended by who stops it.
        }
    }

    private void Look(bool catchUp)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stored in Registry.Store.List(ResourceKind.Pods).Objects)
        {
            if (stored.Fields["spec.nodeName"].Length == 0)
            {
                continue;
            }

            seen.Add(stored.Uid);
            if (_workers.TryGetValue(stored.Uid, out var worker))
            {
                worker.Saw(stored);
            }
            else
            {
                _workers[stored.Uid] = new PodWorker(stored, _around, Forget);
            }
        }

        foreach (var worker in _workers.Values.Where(worker => !seen.Contains(worker.Uid)))
        {
            worker.Saw(null);
        }

        if (catchUp)
        {
            foreach (var worker in _workers.Values)
            {
                worker.CatchUp();
            }
        }
    }

    private void Forget(PodWorker worker) => _workers.TryRemove(worker.Uid, out _);
}
