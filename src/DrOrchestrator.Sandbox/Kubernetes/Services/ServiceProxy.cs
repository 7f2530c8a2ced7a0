using System.Net.Sockets;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Services;

/// <summary>Gives every Service a real port that listens while, and only while, one of its pods is ready.</summary>
internal sealed class ServiceProxy : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<string, ServicePort> _ports = new(StringComparer.Ordinal);
    private readonly ObjectStore _store;
    private readonly NodeAgent _node;
    private readonly SiteFaults _faults;
    private readonly TimeProvider _time;
    private readonly ChangeFeed _feed;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public ServiceProxy(ObjectStore store, NodeAgent node, SiteFaults faults, TimeProvider time)
    {
        _store = store;
        _node = node;
        _faults = faults;
        _time = time;
        _feed = store.Subscribe(change => change.After.Key.Kind == ResourceKind.Services || change.After.Key.Kind == ResourceKind.Pods);
    }

    public void Start()
    {
        _faults.Changed += _feed.Wake;
        _feed.Wake();
        _loop = Task.Run(() => RunAsync(_stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        _faults.Changed -= _feed.Wake;
        await _stopping.CancelAsync();
        await _loop;
        _store.Unsubscribe(_feed);
        foreach (var port in _ports.Values)
        {
            port.Dispose();
        }

        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                if (Look())
                {
                    await _feed.WaitAsync(stopping);
                }
                else
                {
                    await _feed.WaitAsync(Retry, _time, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The site stops.
        }
    }

    // False when a port could not be had: someone else listens there, and it is tried again.
    private bool Look()
    {
        var pods = _store.List(ResourceKind.Pods).Objects;
        var services = _store.List(ResourceKind.Services).Objects.ToDictionary(stored => stored.Uid);
        foreach (var uid in _ports.Keys.Where(uid => !services.ContainsKey(uid)).ToList())
        {
            _ports.Remove(uid, out var gone);
            gone!.Dispose();
        }

        var all = true;
        foreach (var (uid, stored) in services)
        {
            all &= Serve(uid, stored, pods);
        }

        return all;
    }

    private bool Serve(string uid, StoredObject stored, IReadOnlyList<StoredObject> pods)
    {
        var service = stored.Parse();
        if (service.Items("spec", "ports").FirstOrDefault().Number("port") is not { } number || service.Map("spec", "selector") is not { Count: > 0 })
        {
            return true;
        }

        if (_ports.TryGetValue(uid, out var port) && port.Number != number)
        {
            _ports.Remove(uid);
            port.Dispose();
            port = null;
        }

        try
        {
            _ports[uid] = port ??= new ServicePort(number, new Silence(() => _faults.Cut, _time));
            var selector = LabelSelector.OfMap(service.At("spec", "selector"));
            var mine = pods.Where(pod => pod.Key.Namespace == stored.Key.Namespace && selector.Matches(pod.Labels)).ToList();
            port.Serve(Backends(mine, service.Items("spec", "ports").First().Number("targetPort")), mine.Where(IsAlive).Select(pod => pod.Uid).ToHashSet());
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // A target that is a number no container declares is a port that the pod opens by itself; every other one is the port the kubelet gave it.
    private List<Backend> Backends(List<StoredObject> pods, int? target) =>
    [
        .. from pod in pods
           where IsReady(pod)
           let port = target is not null && !Declares(pod, target) ? target : _node.PortOf(pod.Uid)
           where port is not null
           select new Backend(pod.Uid, port.Value),
    ];

    private static bool Declares(StoredObject pod, int? port) =>
        pod.Parse().Items("spec", "containers").Any(container => container.Items("ports").Any(declared => declared.Number("containerPort") == port));

    private static bool IsReady(StoredObject pod)
    {
        var content = pod.Parse();
        return content.At("metadata", "deletionTimestamp") is null && PodStatus.Condition(content, "Ready") == "True";
    }

    private static bool IsAlive(StoredObject pod) => pod.Fields["status.phase"] is not ("Succeeded" or "Failed");
}
