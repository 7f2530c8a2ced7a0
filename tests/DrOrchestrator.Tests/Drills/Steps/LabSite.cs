using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Sandbox.Kubernetes;
using k8s;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>A real site of the lab with the ledger's workloads in it, their containers being shell scripts, and a drill's connections to it.</summary>
internal sealed class LabSite : IAsyncDisposable, IRequestRecord
{
    public const string FenceWith = """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""";

    private const string Script = "trap 'exit 0' TERM; while read line; do :; done";

    private readonly ConcurrentQueue<RequestEntry> _entries = new();
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", "lab-" + Guid.NewGuid().ToString("N")[..8]);

    public SandboxSite Site { get; private set; } = null!;

    public ClusterConnections Connections { get; } = new(TimeProvider.System);

    public StepBench Bench { get; private set; } = null!;

    public IKubernetes Client => Connections.Of(Bench.Estate, "primary");

    /// <summary>What drills asked for and got.</summary>
    public IReadOnlyList<RequestEntry> Effects => [.. _entries.Where(e => e.UserAgent.StartsWith("dro/", StringComparison.Ordinal) && e.Status is >= 200 and < 300)];

    public static async Task<LabSite> StartAsync()
    {
        var lab = new LabSite();
        var options = new SandboxSiteOptions(
            "primary", lab._folder, ["/bin/sh", "-c"], TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10), lab, TimeProvider.System) { NodeGracePeriod = TimeSpan.FromSeconds(1) };
        lab.Site = await SandboxSite.StartAsync(options, default);
        lab.Bench = new StepBench(lab.Site.KubeconfigPath);
        await lab.Site.SeedAsync(
            [
                JsonNode.Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ledger"}}""")!.AsObject(),
                Workload("StatefulSet", "ledger-store", 1, claim: true),
                Workload("Deployment", "ledger-api", 2, claim: false),
            ],
            default);
        foreach (var workload in new[] { "statefulset/ledger-store", "deployment/ledger-api" })
        {
            var rollout = new K8sRolloutStep(lab.Connections, TimeProvider.System);
            var context = lab.Bench.Context("k8s.rollout", $$"""{"namespace":"ledger","workload":"{{workload}}"}""");
            (await rollout.ExecuteAsync(context, [], default)).Should().BeOfType<StepOutcome.Done>();
        }

        return lab;
    }

    public async Task<(K8sFenceStep Step, StepContext Context, JsonObject Intent)> PreparedFenceAsync(int timeoutSeconds = 20)
    {
        var step = new K8sFenceStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.fence", FenceWith, "fence", timeoutSeconds: timeoutSeconds);
        return (step, context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }

    public static async Task UntilAsync(Func<Task<bool>> wanted)
    {
        for (var i = 0; i < 300; i++)
        {
            if (await wanted())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException("The site did not become as wanted.");
    }

    public void Record(RequestEntry entry) => _entries.Enqueue(entry);

    public async ValueTask DisposeAsync()
    {
        Connections.Dispose();
        await Site.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static JsonObject Workload(string kind, string name, int replicas, bool claim)
    {
        var container = new JsonObject { ["name"] = "main", ["image"] = "lab", ["command"] = new JsonArray(Script) };
        var spec = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject { ["terminationGracePeriodSeconds"] = 60, ["containers"] = new JsonArray(container) },
            },
        };
        if (claim)
        {
            container["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "data", ["mountPath"] = "/data" });
            spec["serviceName"] = name;
            spec["volumeClaimTemplates"] = JsonNode.Parse("""[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]""");
        }

        return new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "ledger" }, ["spec"] = spec };
    }
}
