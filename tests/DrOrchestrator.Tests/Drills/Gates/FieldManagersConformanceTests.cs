using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>Who sets fields, as a real API server writes it down (passed on kube-apiserver and kube-controller-manager v1.36.2).</summary>
public sealed class FieldManagersConformanceTests : IAsyncLifetime
{
    private readonly string _space = "managers-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ClusterConnections _connections = new(TimeProvider.System);

    private static StepBench Bench => new(RealClusters.Kubeconfig!);

    private IKubernetes Client => _connections.Of(Bench.Estate, "primary");

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _space } });
        }
    }

    public async Task DisposeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            await Client.CoreV1.DeleteNamespaceAsync(_space);
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Check_FieldSetInEachWay_NamesWhoSetItLast()
    {
        await CreateAsync("created-by-some-operator");
        (await CheckAsync()).Should().Be("created-by-some-operator (Update) owns spec.replicas");

        await PatchAsync("""{"spec":{"replicas":2}}""", V1Patch.PatchType.MergePatch, "kubectl-patch");
        (await CheckAsync()).Should().Be("kubectl-patch (Update) owns spec.replicas: a person or a script");

        await Client.AppsV1.PatchNamespacedDeploymentScaleAsync(new V1Patch("""{"spec":{"replicas":1}}""", V1Patch.PatchType.MergePatch), "api", _space, fieldManager: "kubectl");
        (await CheckAsync()).Should().Be("kubectl (Update through /scale) owns spec.replicas: a person or a script");

        await PatchAsync("""{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":3}}""", V1Patch.PatchType.ApplyPatch, "argocd-controller");
        (await CheckAsync()).Should().Be("argocd-controller (Apply) owns spec.replicas");

        // Set to the same value, both own it.
        await PatchAsync("""{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":3}}""", V1Patch.PatchType.ApplyPatch, "dro-scale");
        (await CheckAsync()).Should().Be("argocd-controller (Apply) owns spec.replicas");

        await PatchAsync("""{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":2}}""", V1Patch.PatchType.ApplyPatch, "dro-scale");
        (await CheckAsync()).Should().Be("no other manager is seen");
    }

    [RealClusterFact]
    public async Task Check_Autoscaler_ScalesAndRestsAtZeroOnly()
    {
        await CreateAsync("kubectl-create");
        await Client.AutoscalingV2.CreateNamespacedHorizontalPodAutoscalerAsync(
            new V2HorizontalPodAutoscaler
            {
                Metadata = new V1ObjectMeta { Name = "api" },
                Spec = new V2HorizontalPodAutoscalerSpec { MinReplicas = 2, MaxReplicas = 4, ScaleTargetRef = new V2CrossVersionObjectReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = "api" } },
            },
            _space);

        // It raises 1 to its least number through /scale, under the name of the controller manager.
        await UntilAsync(async () => FieldOwner.OfReplicas((await Client.AppsV1.ReadNamespacedDeploymentAsync("api", _space)).Metadata).Contains(new FieldOwner("kube-controller-manager", "Update", "scale")));
        (await CheckAsync()).Should().Be("HorizontalPodAutoscaler api scales it between 2 and 4");

        await PatchAsync("""{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":0}}""", V1Patch.PatchType.ApplyPatch, "dro-fence");
        await UntilAsync(async () => (await Client.AutoscalingV2.ReadNamespacedHorizontalPodAutoscalerAsync("api", _space)).Status?.Conditions?.Any(c => c.Reason == "ScalingDisabled") == true);
        (await Client.AppsV1.ReadNamespacedDeploymentAsync("api", _space)).Spec.Replicas.Should().Be(0);
        (await CheckAsync(0)).Should().Be("HorizontalPodAutoscaler api leaves it alone at 0 replicas");
    }

    [RealClusterFact]
    public async Task Check_FieldsOfAConfigMap_AreJudgedOneByOne()
    {
        await Client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "settings" }, Data = new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" } }, _space, fieldManager: "some-operator");
        await Client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"b":"2"}}""", V1Patch.PatchType.MergePatch), "settings", _space, fieldManager: "dro-patch");

        var a = await CheckAsync(Step("k8s.patch", $$$$"""{"namespace":"{{{{_space}}}}","api":"v1","resource":"configmaps/settings","patch":{"data":{"a":"2"}}}"""));
        var b = await CheckAsync(Step("k8s.patch", $$$$"""{"namespace":"{{{{_space}}}}","api":"v1","resource":"configmaps/settings","patch":{"data":{"b":"3"}}}"""));

        (a.Single().Value, b.Single().Value).Should().Be(("some-operator (Update) owns data.a", "no other manager is seen"));
    }

    private Task CreateAsync(string manager) => Client.AppsV1.CreateNamespacedDeploymentAsync(
        KubernetesJson.Deserialize<V1Deployment>("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"api"}},
             "template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"main","image":"none"}]}}}}
            """),
        _space,
        fieldManager: manager);

    private Task PatchAsync(string body, V1Patch.PatchType type, string manager)
    {
        var patch = JsonNode.Parse(body)!.AsObject();
        if (type == V1Patch.PatchType.ApplyPatch)
        {
            patch["metadata"] = new JsonObject { ["name"] = "api" };
        }

        return Client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(patch.ToJsonString(), type), "api", _space, fieldManager: manager, force: type == V1Patch.PatchType.ApplyPatch ? true : null);
    }

    private async Task<string> CheckAsync(int replicas = 3) =>
        (await CheckAsync(Step("k8s.scale", $$$"""{"namespace":"{{{_space}}}","workload":"deployment/api","replicas":{{{replicas}}}}"""))).Should().ContainSingle().Which.Value;

    private Task<IReadOnlyList<GateResult>> CheckAsync(PlanStep step) => new FieldManagersGate(_connections).CheckAsync(StepParameters.None, StepBench.Plan with { Steps = [step] }, Bench.Estate, default);

    private static PlanStep Step(string kind, string with) => new("s", kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromMinutes(2), "the controller should have acted by now");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }
}
