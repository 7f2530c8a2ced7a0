using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

/// <summary>
/// The controllers that a namespace of a run meets, played: one counts the quota, one runs the Job of the proof. No kubelet runs, so that nothing is tried on a network: the pod's log is
/// given, and what the orchestrator itself reaches too.
/// </summary>
internal static class PlayedNamespace
{
    /// <summary>A place of production (RFC 5737: nobody's).</summary>
    public const string Production = "192.0.2.10:5432";

    public const string Control = "10.9.0.5:9000";

    /// <summary>Where pods find the cluster's own API server.</summary>
    public const string ApiServer = "10.8.0.1:6443";

    /// <summary>What the pod of a network says that keeps it from production, and from all that is not listed.</summary>
    public const string Kept = $"control {Control} reached\ntarget {Production} missed\nforbidden {ApiServer} missed\ncontrol {Control} reached\nend\n";

    /// <summary>A step for which production and the cluster's own API server answer the orchestrator. What dials them bounds each call by a timer of its clock, which therefore is the real one.</summary>
    /// <param name="time">Of its waits; one that passes in them alone by default, as nothing here happens by the clock. A real cluster needs the real one.</param>
    public static K8sNamespaceStep Step(ClusterConnections connections, Func<IPAddress, int, bool>? answers = null, TimeProvider? time = null) => new(connections, time ?? new WaitedTime())
    {
        Targets = new EgressTargets(connections, TimeProvider.System)
        {
            Dial = (address, port, _) => Task.FromResult(answers?.Invoke(address, port) ?? $"{address}:{port}" is Production or ApiServer),
            LookUp = (name, _) => Task.FromResult<IPAddress[]>(name == "ledger-db.bank.test" ? [IPAddress.Parse("192.0.2.10")] : [IPAddress.Loopback]),
        },
    };

    /// <summary>Beside what the world does already.</summary>
    public static void Play(FakeObjects objects, string log = Kept, bool counts = true)
    {
        TellApiServer(objects);
        var before = objects.World;
        objects.World = world =>
        {
            before?.Invoke(world);
            foreach (var ns in world.Under("/api/v1/namespaces").Select(o => o.Path.Split('/')[^1]))
            {
                foreach (var (_, quota) in world.Under($"/api/v1/namespaces/{ns}/resourcequotas").Where(o => counts && o.Object["status"] is null))
                {
                    quota["status"] = new JsonObject { ["hard"] = quota["spec"]!["hard"]!.DeepClone() };
                }

                foreach (var (_, job) in world.Under($"/apis/batch/v1/namespaces/{ns}/jobs").Where(o => o.Object["status"]?["conditions"] is null))
                {
                    Run(world, ns, job, log);
                }
            }
        };
    }

    /// <summary>The addresses behind the Service <c>kubernetes</c>, as an API server writes them.</summary>
    public static void TellApiServer(FakeObjects objects, params string[] addresses) => objects.Put(
        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes",
        new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = "kubernetes" } },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray(new JsonObject
            {
                ["addresses"] = new JsonArray([.. (addresses.Length > 0 ? addresses : [ApiServer.Split(':')[0]]).Select(address => (JsonNode?)address)]),
                ["conditions"] = new JsonObject { ["ready"] = true },
            }),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 6443, ["protocol"] = "TCP" }),
        });

    private static void Run(FakeObjects world, string ns, JsonObject job, string log)
    {
        world.Put($"/api/v1/namespaces/{ns}/pods/{job["metadata"]!["name"]}-x", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = job["metadata"]!["name"]!.DeepClone(), ["uid"] = job["metadata"]!["uid"]!.DeepClone() }) },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "try" }) },
            ["status"] = new JsonObject { ["phase"] = "Succeeded" },
            ["log"] = log,
        });
        job["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Complete", ["status"] = "True" }) };
    }
}
