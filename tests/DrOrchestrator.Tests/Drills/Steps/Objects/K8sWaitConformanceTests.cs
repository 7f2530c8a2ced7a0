using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

/// <summary>Waits at a real API server (passed on Kubernetes 1.36.2): what its discovery tells, cluster-wide kinds, custom ones (their controllers are played by the test), deletion.</summary>
public sealed class K8sWaitConformanceTests : IAsyncLifetime
{
    private readonly string _namespace = "dro-test-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private IKubernetes? _client;

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            _client = RealClusters.Connect("primary");
            await _client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _namespace } });
        }
    }

    public async Task DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.CoreV1.DeleteNamespaceAsync(_namespace);
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Execute_KindsByDiscovery_AreFound()
    {
        (await RunAsync("""{"resource":"ns/default","json-path":".status.phase","equals":"Active"}""")).Should().BeOfType<StepOutcome.Done>();
        (await RunAsync("""{"resource":"CustomResourceDefinition/none","for":"absent"}""")).Should().BeOfType<StepOutcome.Done>();
        (await RunAsync("""{"namespace":"kube-system","resource":"configmap/kube-root-ca.crt","json-path":".data['ca.crt']"}""")).Should().BeOfType<StepOutcome.Done>()
            .Which.Outputs["value"]!.ToString().Should().StartWith("-----BEGIN CERTIFICATE-----");
        (await RunAsync("""{"resource":"apiservice/v1.apps","condition":"Available"}""")).Should().BeOfType<StepOutcome.Done>();
        (await RunAsync("""{"namespace":"default","resource":"deploymnt/x","for":"absent"}""")).Should().BeOfType<StepOutcome.Failed>()
            .Which.Reason.Should().Be("no kind 'deploymnt' is served here; near it is 'Deployment'");
    }

    [RealClusterFact]
    public async Task Execute_BackupAndSnapshot_WithPlayedControllers_TellHowTheyEnd()
    {
        await using var crds = await TestCrds.EnsureAsync(_client!, TestCrds.Backups, TestCrds.Snapshots);
        await CreateAsync("velero.io", "backups", """{"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"b"},"spec":{}}""");
        await CreateAsync("snapshot.storage.k8s.io", "volumesnapshots", """{"apiVersion":"snapshot.storage.k8s.io/v1","kind":"VolumeSnapshot","metadata":{"name":"s"},"spec":{"source":{"persistentVolumeClaimName":"data"}}}""");
        var backup = $$$"""{"namespace":"{{{_namespace}}}","resource":"backup.velero.io/b","json-path":".status.phase","equals":"Completed","fails-on":{"json-path":".status.phase","one-of":["Failed","PartiallyFailed","FailedValidation"]}}""";

        var waiting = RunAsync(backup);
        await _client!.CustomObjects.PatchNamespacedCustomObjectAsync(Merge("""{"status":{"phase":"PartiallyFailed","failureReason":"2 volumes were not copied"}}"""), "velero.io", "v1", _namespace, "backups", "b");
        (await waiting).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().StartWith("backup.velero.io/b at primary: .status.phase = Completed will not come").And.EndWith(": 2 volumes were not copied");

        waiting = RunAsync($$"""{"namespace":"{{_namespace}}","api":"snapshot.storage.k8s.io/v1","resource":"volumesnapshots/s","json-path":".status.readyToUse","equals":"true"}""");
        await _client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(Merge("""{"status":{"readyToUse":true}}"""), "snapshot.storage.k8s.io", "v1", _namespace, "volumesnapshots", "s");
        (await waiting).Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.ToString().Should().Be("true");

        waiting = RunAsync($$"""{"namespace":"{{_namespace}}","resource":"VolumeSnapshot/s","for":"deleted"}""");
        await _client.CustomObjects.DeleteNamespacedCustomObjectAsync("snapshot.storage.k8s.io", "v1", _namespace, "volumesnapshots", "s");
        (await waiting).Should().BeOfType<StepOutcome.Done>();
    }

    [RealClusterFact]
    public async Task Demote_OfACloudNativePgCluster_WithThePlayedOperator_IsProvedAndTakenBack()
    {
        await using var crds = await TestCrds.EnsureAsync(_client!, TestCrds.Clusters);
        await CreateAsync("postgresql.cnpg.io", "clusters", PlayedCnpg.Cluster("bank", "bank", "bank-dr").ToJsonString());
        await using var played = new RealCnpg(_client!, _namespace, "bank", wasPrimary: true);
        var step = new CnpgDemoteStep(_connections, TimeProvider.System);
        var context = Bench.Context("cnpg.demote", $$"""{"namespace":"{{_namespace}}","cluster":"bank","to":"bank-dr"}""");
        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        done.Outputs["token"]!.ToString().Should().Be(PlayedCnpg.Token(1));
        (await step.ProveAsync(context, intent, default)).Proved.Should().BeTrue();
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();

        var seen = await played.ReadAsync();
        (seen["spec"]!["replica"]!["primary"]!.ToString(), seen["status"]!["lastPromotionToken"]!.ToString()).Should().Be(("bank", PlayedCnpg.Token(1)));
        (await step.ProveAsync(context, intent, default)).Proved.Should().BeFalse("it is written again");
    }

    private static StepBench Bench => new(RealClusters.Kubeconfig!);

    private static V1Patch Merge(string body) => new(body, V1Patch.PatchType.MergePatch);

    private Task CreateAsync(string group, string plural, string body) => _client!.CustomObjects.CreateNamespacedCustomObjectAsync(JsonNode.Parse(body), group, "v1", _namespace, plural);

    private async Task<StepOutcome> RunAsync(string with)
    {
        var step = new K8sWaitStep(_connections, TimeProvider.System);
        var context = Bench.Context("k8s.wait", with);
        return await step.ExecuteAsync(context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject(), default);
    }
}
