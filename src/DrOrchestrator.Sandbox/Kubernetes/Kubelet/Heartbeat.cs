using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Controllers;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>Registers the node and says at every beat that it lives: its lease and its Ready condition.</summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private readonly SandboxSiteOptions _options;
    private readonly ObjectRegistry _registry;
    private readonly SiteFaults _faults;
    private readonly ChangeFeed _wake = new(_ => false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ObjectKey _node;
    private readonly ObjectKey _lease;
    private Task _loop = Task.CompletedTask;

    public Heartbeat(SandboxSiteOptions options, ObjectRegistry registry, SiteFaults faults)
    {
        _options = options;
        _registry = registry;
        _faults = faults;
        _node = new ObjectKey(ResourceKind.Nodes, "", NodeOf(options));
        _lease = new ObjectKey(ResourceKind.Leases, SiteObjects.LeaseNamespace, NodeOf(options));
        _faults.Changed += _wake.Wake;
    }

    public static string NodeOf(SandboxSiteOptions options) => options.Name + "-node-1";

    /// <summary>The first beat has happened when this returns, unless the node is cut off.</summary>
    public void Start()
    {
        Beat();
        _loop = RunAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _faults.Changed -= _wake.Wake;
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
        _wake.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(_options.NodeHeartbeat, _options.Time, stopping);
                Beat();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The site stops, and so does its node's heart.
        }
    }

    private void Beat()
    {
        if (_faults.NodeNotReady)
        {
            return;
        }

        var now = _options.Time.GetUtcNow();
        try
        {
            if (_registry.Store.Find(_node) is null)
            {
                _registry.Create(_node, SiteObjects.Node(_node.Name), new Writer("kubelet"));
            }

            if (_registry.Store.Find(_lease) is null)
            {
                _registry.Create(_lease, new JsonObject { ["spec"] = new JsonObject() }, new Writer("kubelet"));
            }

            _registry.Update(_lease, new Writer("kubelet"), lease => Renew(lease, now));
            _registry.Update(_node, NodeAgent.Kubelet, node => Report(node, now));
        }
        catch (ApiRefusal refusal) when (refusal.Code is 403 or 404 or 409)
        {
            // Someone deletes the node or the lease at this moment: the next beat registers anew.
        }
        catch (IOException)
        {
            // The disk refused: a beat that is not durable has not happened. There will be another.
        }
    }

    private JsonObject Renew(JsonObject lease, DateTimeOffset now)
    {
        lease["spec"] = new JsonObject
        {
            ["holderIdentity"] = _node.Name,
            ["leaseDurationSeconds"] = Math.Max(1, (int)_options.NodeGracePeriod.TotalSeconds),
            ["renewTime"] = now.ToMicroseconds(),
        };
        return lease;
    }

    private static JsonObject Report(JsonObject node, DateTimeOffset now)
    {
        var status = node.Obtain("status");
        status["capacity"] = SiteObjects.Capacity();
        status["allocatable"] = SiteObjects.Capacity();
        status["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.0.1" }, new JsonObject { ["type"] = "Hostname", ["address"] = node.Text("metadata", "name") });
        status["nodeInfo"] = new JsonObject
        {
            ["kubeletVersion"] = "v1.32.0-dro-sandbox",
            ["operatingSystem"] = "linux",
            ["architecture"] = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToLower(CultureInfo.InvariantCulture),
            ["osImage"] = "sandbox",
            ["containerRuntimeVersion"] = "sandbox://1",
            ["kernelVersion"] = "", ["bootID"] = "", ["machineID"] = "", ["systemUUID"] = "", ["kubeProxyVersion"] = "",
        };
        PodStatus.SetCondition(status, "Ready", "True", "KubeletReady", "kubelet is posting ready status", now);
        status.Items("conditions").First(condition => condition.Text("type") == "Ready")["lastHeartbeatTime"] = now.ToSeconds();
        return node;
    }
}
