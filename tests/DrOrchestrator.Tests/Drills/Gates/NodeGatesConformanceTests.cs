using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>
/// <c>capacity</c> and <c>images-known</c> by the objects of a real cluster (passed on kube-apiserver, kube-controller-manager and kube-scheduler v1.36.2); a test plays the node's kubelet: what it
/// offers, which images it lists, by which digest its pods run. Nodes of others may be there.
/// </summary>
public sealed class NodeGatesConformanceTests : IAsyncLifetime
{
    private const string Image = "registry.dr/bank/api:7";
    private const string Digest = "sha256:3f1e2d4c5b6a79880123456789abcdef3f1e2d4c5b6a79880123456789abcdef";

    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private RealSpace _space = null!;
    private PlayedNode _node = null!;
    private StepBench _bench = null!;

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is { } kubeconfig)
        {
            _bench = new StepBench(kubeconfig);
            _space = await RealSpace.CreateAsync("conf-nodes");
            _node = await PlayedNode.StartAsync("primary", new V1ContainerImage { Names = [Image, $"registry.dr/bank/api@{Digest}"], SizeBytes = 1000 });
            await DeployAsync("api", "1500m", Image);
            await LabSite.UntilAsync(async () => (await _space.Client.AppsV1.ReadNamespacedDeploymentAsync("api", _space.Name)).Status?.ReadyReplicas == 1);
        }
    }

    public async Task DisposeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            foreach (var deployment in (await _space.Client.AppsV1.ListNamespacedDeploymentAsync(_space.Name)).Items)
            {
                await _space.Client.AppsV1.DeleteNamespacedDeploymentAsync(deployment.Metadata.Name, _space.Name);
            }

            await LabSite.UntilAsync(async () => (await _space.Client.CoreV1.ListNamespacedPodAsync(_space.Name)).Items.Count == 0);
            await _node.DisposeAsync();
            await _space.DisposeAsync();
        }

        _connections.Dispose();
    }

    [RealClusterTheory]
    [InlineData(5, true, "4 of 1.5 CPU and 1024 MiB each fit: NODE")]
    [InlineData(6, false, "1 of 5 find no node: each asks 1.5 CPU and 1024 MiB, the most that is left on one is 0.5 CPU and 11264 MiB (NODE)")]
    public async Task Capacity_OfOneNode_IsWhatItOffersLessWhatRunsThere(int replicas, bool passed, string value)
    {
        var result = (await new CapacityGate(_connections).CheckAsync(With("{\"site\":\"primary\"}"), PlanOf(Scale("api", replicas)), _bench.Estate, default)).Should().ContainSingle().Which;

        (result.Passed, result.Value).Should().Be((passed, value.Replace("NODE", _node.Name, StringComparison.Ordinal)));
    }

    [RealClusterFact]
    public async Task Images_ListedRunningAndPulledBySecrets_AreJudgedByWhatTheServerSays()
    {
        await _space.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "pull" }, StringData = new Dictionary<string, string> { ["token"] = "of-no-concern" } }, _space.Name);
        await DeployAsync("other", "100m", "registry.far/bank/other:1", "pull", "gone");

        var results = await new ImagesKnownGate(_connections).CheckAsync(
            With("{\"site\":\"primary\",\"from\":\"primary\",\"registries\":[\"registry.dr\"]}"), PlanOf(Scale("api", 2), Scale("other", 1)), _bench.Estate, default);

        results.Select(result => (result.Check.Split(' ', 3)[2], result.Passed)).Should().BeEquivalentTo(
        [
            ($"{_space.Name}/deployment/api main", true), ($"{_space.Name}/deployment/other main", false), ($"{_space.Name}/deployment/other imagePullSecrets", false),
        ]);
        results[0].Value.Should().Match($"{Image} is listed on 1 of * nodes*");
        results.Should().ContainSingle(result => result.Value == "registry.far/bank/other:1 comes from registry.far");
        results.Should().ContainSingle(result => result.Value == "not there: gone");
    }

    [RealClusterFact]
    public async Task Images_TagThatTheOtherSiteRunsByAnotherDigest_DoesNotPass()
    {
        const string other = "sha256:00000000000000000000000000000000000000000000000000000000000000aa";
        await DeployAsync("pinned", "100m", $"registry.dr/bank/api@{other}");
        await LabSite.UntilAsync(async () => (await _space.Client.AppsV1.ReadNamespacedDeploymentAsync("pinned", _space.Name)).Status?.ReadyReplicas == 1);
        await _space.Client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch($$$$$"""{"spec":{"paused":true,"template":{"spec":{"containers":[{"name":"main","image":"{{{{{Image}}}}}"}]}}}}""", V1Patch.PatchType.StrategicMergePatch), "pinned", _space.Name);

        var result = (await new ImagesKnownGate(_connections).CheckAsync(With("{\"site\":\"primary\",\"from\":\"primary\"}"), PlanOf(Scale("pinned", 2)), _bench.Estate, default)).Should().ContainSingle().Which;

        (result.Passed, result.Value).Should().Be((false, $"{Image} is {Digest} at primary, primary runs {other}"));
    }

    [RealClusterFact]
    public async Task ReadMetadata_OfASecret_BringsNoneOfItsValues()
    {
        await _space.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "pull" }, StringData = new Dictionary<string, string> { ["token"] = "of-no-concern" } }, _space.Name);

        var seen = await _connections.Of(_bench.Estate, "primary").ReadMetadataAsync(new ObjectAddress("v1", "secrets", _space.Name, "pull"), default);

        seen["kind"]!.ToString().Should().Be("PartialObjectMetadata");
        seen["metadata"]!["name"]!.ToString().Should().Be("pull");
        seen.Select(entry => entry.Key).Should().BeEquivalentTo("kind", "apiVersion", "metadata");
    }

    private static StepParameters With(string with) => StepBench.Parameters(with);

    private static Plan PlanOf(params PlanStep[] steps) => StepBench.Plan with { Steps = steps };

    private PlanStep Scale(string name, int replicas) => new(
        "s", "k8s.scale", new Dictionary<string, string>(), "primary", With($$"""{"namespace":"{{_space.Name}}","workload":"deployment/{{name}}","replicas":{{replicas}}}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    private Task DeployAsync(string name, string cpu, string image, params string[] secrets) => _space.Client.AppsV1.CreateNamespacedDeploymentAsync(
        new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1DeploymentSpec
            {
                Replicas = secrets.Length > 0 ? 0 : 1,
                Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = name } },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = name } },
                    Spec = new V1PodSpec
                    {
                        NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = _node.Name },
                        ImagePullSecrets = [.. secrets.Select(secret => new V1LocalObjectReference { Name = secret })],
                        Containers =
                        [
                            new V1Container
                            {
                                Name = "main",
                                Image = image,
                                ImagePullPolicy = "IfNotPresent",
                                Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new("1Gi") } },
                            },
                        ],
                    },
                },
            },
        },
        _space.Name);
}
