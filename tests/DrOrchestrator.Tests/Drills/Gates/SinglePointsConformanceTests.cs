using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>Where pods stand and what may be drained, as a real scheduler, controllers and API server have it (passed on v1.36.2). The nodes are played.</summary>
public sealed class SinglePointsConformanceTests : IAsyncLifetime
{
    private const string Zone = "topology.kubernetes.io/zone";
    private readonly string _space = "spof-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private readonly List<PlayedNode> _nodes = [];

    private static StepBench Bench => new(RealClusters.Kubeconfig!);

    private IKubernetes Client => _connections.Of(Bench.Estate, "primary");

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is null)
        {
            return;
        }

        await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _space } });
        foreach (var zone in (string[])["a", "b"])
        {
            var node = await PlayedNode.StartAsync("primary");
            _nodes.Add(node);
            await Client.CoreV1.PatchNodeAsync(new V1Patch($$$$"""{"metadata":{"labels":{"{{{{Zone}}}}":"{{{{_space}}}}-{{{{zone}}}}","spof/space":"{{{{_space}}}}"}}}""", V1Patch.PatchType.MergePatch), node.Name);

            // A new node is tainted until the controllers have heard it.
            await UntilAsync(async () => (await Client.CoreV1.ReadNodeAsync(node.Name)) is { Spec.Taints: null or { Count: 0 } } seen && NodeChoice.IsOpen(seen));
        }
    }

    public async Task DisposeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            await Client.CoreV1.DeleteNamespaceAsync(_space);
            foreach (var node in _nodes)
            {
                await node.DisposeAsync();
            }
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Check_SpreadOverPlayedNodes_ThenTakenToOne_IsToldAsItStands()
    {
        await CreateAsync("api", _space);
        (await ValuesAsync("api")).Should().Equal(
            "2 replicas, 0 ready now", "its template keeps its pods on different nodes (topologySpreadConstraints)", "its template keeps its pods in different zones (topologySpreadConstraints)",
            "no disruption budget covers it: a drain may end all its pods at once");

        await Client.PolicyV1.CreateNamespacedPodDisruptionBudgetAsync(KubernetesJson.Deserialize<V1PodDisruptionBudget>("""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"api"},"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"api"}}}}"""), _space);
        await RunAsync("api");
        var results = await CheckAsync("api");

        results.Should().HaveCount(4).And.OnlyContain(result => result.Passed);
        results[2].Value.Should().Be($"its ready pods stand in zones {_space}-a, {_space}-b");
        (await AllowedAsync("api")).Should().Be(1, "the controller counts as the gate does");
    }

    [RealClusterFact]
    public async Task Check_AllOnOneNode_AndABudgetThatLetsNoneGo_AreFindings()
    {
        await CreateAsync("one", _nodes[0].Name);
        await Client.PolicyV1.CreateNamespacedPodDisruptionBudgetAsync(KubernetesJson.Deserialize<V1PodDisruptionBudget>("""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"one"},"spec":{"minAvailable":"51%","selector":{"matchLabels":{"app":"one"}}}}"""), _space);
        await RunAsync("one");

        (await ValuesAsync("one")).Should().Equal(
            "2 replicas, 2 ready now", $"all its ready pods stand on node {_nodes[0].Name}", $"all its ready pods stand in zone {_space}-a", "disruption budget one lets none of 2 go: no node under it can be drained");
        (await AllowedAsync("one")).Should().Be(0, "the controller counts as the gate does");
    }

    /// <param name="place">The test's own mark for both nodes, or the name of one.</param>
    private Task CreateAsync(string name, string place) => Client.AppsV1.CreateNamespacedDeploymentAsync(
        KubernetesJson.Deserialize<V1Deployment>($$$$$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{{{name}}}}}"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"{{{{{name}}}}}"}},
             "template":{"metadata":{"labels":{"app":"{{{{{name}}}}}"}},"spec":{"nodeSelector":{"{{{{{(place == _space ? "spof/space" : "kubernetes.io/hostname")}}}}}":"{{{{{place}}}}}"},
              "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"{{{{{Zone}}}}}","whenUnsatisfiable":"{{{{{(place == _space ? "DoNotSchedule" : "ScheduleAnyway")}}}}}","labelSelector":{"matchLabels":{"app":"{{{{{name}}}}}"}}}],
              "containers":[{"name":"main","image":"none","command":["x"]}]}}}}
            """),
        _space);

    private async Task RunAsync(string name)
    {
        await Client.AppsV1.PatchNamespacedDeploymentScaleAsync(new V1Patch("""{"spec":{"replicas":2}}""", V1Patch.PatchType.MergePatch), name, _space);
        await UntilAsync(async () => (await Client.AppsV1.ReadNamespacedDeploymentAsync(name, _space)).Status?.ReadyReplicas == 2);
        await UntilAsync(async () => (await Client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync(name, _space)).Status is { CurrentHealthy: 2, ExpectedPods: 2 });
    }

    private async Task<int?> AllowedAsync(string name) => (await Client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync(name, _space)).Status.DisruptionsAllowed;

    private async Task<IEnumerable<string>> ValuesAsync(string name) => (await CheckAsync(name)).Select(result => result.Value);

    private Task<IReadOnlyList<GateResult>> CheckAsync(string name) => new SinglePointsGate(_connections).CheckAsync(
        StepParameters.None,
        StepBench.Plan with { Gates = [], Steps = [new PlanStep("s", "k8s.scale", new Dictionary<string, string>(), "primary", StepBench.Parameters($$"""{"namespace":"{{_space}}","workload":"deployment/{{name}}","replicas":2}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null)] },
        Bench.Estate,
        default);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromMinutes(2), "the controllers should have acted by now");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }
}
