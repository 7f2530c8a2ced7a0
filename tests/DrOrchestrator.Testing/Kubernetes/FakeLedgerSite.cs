using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>A store and an api as the drills know them, on one node, and a kubelet that moves one step per request.</summary>
public sealed class FakeLedgerSite
{
    public const string Pods = "/api/v1/namespaces/ledger/pods";
    public const string Store = "/apis/apps/v1/namespaces/ledger/statefulsets/ledger-store";
    public const string Api = "/apis/apps/v1/namespaces/ledger/deployments/ledger-api";
    public const string Jobs = "/apis/batch/v1/namespaces/ledger/jobs";
    public const string Node = "/api/v1/nodes/primary-node-1";
    private const string Lease = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/primary-node-1";
    private const string Moment = "2026-11-22T10:00:00Z";

    private readonly FakeObjects _objects;
    private int _beats;

    public FakeLedgerSite(FakeObjects objects, int storeReplicas = 1, int apiReplicas = 2)
    {
        _objects = objects;
        AddWorkload(Store, "StatefulSet", "ledger-store", storeReplicas);
        AddWorkload(Api, "Deployment", "ledger-api", apiReplicas);
        AddPods("ledger-store", storeReplicas, "data-ledger-store-0");
        AddPods("ledger-api", apiReplicas, null);
        objects.Put(Node, JsonNode.Parse("""{"apiVersion":"v1","kind":"Node","status":{"conditions":[{"type":"Ready","status":"True"}]}}""")!.AsObject());
        objects.Put(Lease, new JsonObject { ["apiVersion"] = "coordination.k8s.io/v1", ["kind"] = "Lease", ["spec"] = new JsonObject() });
        objects.World = _ => Step();
    }

    /// <summary>Containers go on although they were asked to end.</summary>
    public bool IgnoreSigterm { get; set; }

    /// <summary>No heartbeats, no status.</summary>
    public bool NodeNotReady { get; set; }

    /// <summary>The node is heard no more, though its condition still says Ready.</summary>
    public bool HeartbeatsStop { get; set; }

    public JsonObject AddPod(string app, string name, string? claim) => AddPodTo(_objects, app, name, claim);

    /// <summary>One step of controllers and kubelet.</summary>
    private void Step()
    {
        if (!NodeNotReady && !HeartbeatsStop)
        {
            _objects.Find(Lease)!["spec"]!["renewTime"] = string.Create(CultureInfo.InvariantCulture, $"2026-11-22T10:{++_beats / 60 % 60:00}:{_beats % 60:00}.000000Z");
        }

        _objects.Find(Node)!["status"]!["conditions"]![0]!["status"] = NodeNotReady ? "Unknown" : "True";
        foreach (var path in new[] { Store, Api })
        {
            Control(_objects.Find(path)!);
        }

        foreach (var (path, pod) in _objects.Under(Pods))
        {
            Run(path, pod);
        }
    }

    private void Control(JsonObject workload)
    {
        var name = workload["metadata"]!["name"]!.ToString();
        var wanted = workload["spec"]!["replicas"]!.GetValue<int>();
        var pods = _objects.Under(Pods).Where(p => p.Object["metadata"]!["labels"]!["app"]!.ToString() == name && p.Object["status"]!["phase"]!.ToString() == "Running").ToList();
        foreach (var (_, pod) in pods.Where(p => p.Object["metadata"]!["deletionTimestamp"] is null).Skip(wanted))
        {
            pod["metadata"]!["deletionTimestamp"] = Moment;
            pod["metadata"]!["deletionGracePeriodSeconds"] = 30;
            _objects.Touch(pod);
        }

        for (var i = pods.Count; i < wanted; i++)
        {
            AddPods(name, i + 1, name == "ledger-store" ? "data-ledger-store-0" : null, i);
        }

        var status = workload["status"]!.AsObject();
        status["observedGeneration"] = workload["metadata"]!["generation"]!.DeepClone();
        foreach (var field in new[] { "replicas", "readyReplicas", "availableReplicas", "updatedReplicas" })
        {
            status[field] = wanted;
        }
    }

    private void Run(string path, JsonObject pod)
    {
        var metadata = pod["metadata"]!.AsObject();
        if (metadata["deletionTimestamp"] is null || NodeNotReady)
        {
            return;
        }

        var state = pod["status"]!["containerStatuses"]![0]!["state"]!.AsObject();
        if (state.ContainsKey("running") && !IgnoreSigterm)
        {
            state.Remove("running");
            state["terminated"] = new JsonObject { ["exitCode"] = 143, ["finishedAt"] = Moment };
            _objects.Touch(pod);
        }
        else if (state.ContainsKey("terminated") && metadata["deletionGracePeriodSeconds"]!.GetValue<int>() != 0)
        {
            metadata["deletionGracePeriodSeconds"] = 0;
            _objects.Touch(pod);
        }

        if (metadata["deletionGracePeriodSeconds"]!.GetValue<int>() == 0 && (metadata["finalizers"] as JsonArray ?? []).Count == 0)
        {
            _objects.Remove(path);
        }
    }

    private void AddWorkload(string path, string kind, string name, int replicas) => _objects.Put(
        path,
        new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["generation"] = 1 },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } } },
            ["status"] = new JsonObject { ["observedGeneration"] = 1, ["replicas"] = replicas, ["readyReplicas"] = replicas, ["availableReplicas"] = replicas, ["updatedReplicas"] = replicas },
        });

    private void AddPods(string app, int count, string? claim, int from = 0)
    {
        for (var i = from; i < count; i++)
        {
            AddPod(app, $"{app}-{i}", claim);
        }
    }

    private static JsonObject AddPodTo(FakeObjects objects, string app, string name, string? claim)
    {
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = app } },
            ["spec"] = new JsonObject
            {
                ["nodeName"] = "primary-node-1",
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "main" }),
                ["volumes"] = claim is null ? new JsonArray() : new JsonArray(new JsonObject { ["name"] = "data", ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } }),
            },
            ["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["containerStatuses"] = new JsonArray(new JsonObject
                {
                    ["name"] = "main", ["ready"] = true, ["restartCount"] = 0, ["image"] = "i", ["imageID"] = "i", ["state"] = new JsonObject { ["running"] = new JsonObject() },
                }),
            },
        };
        objects.Put($"{Pods}/{name}", pod);
        return pod;
    }
}
