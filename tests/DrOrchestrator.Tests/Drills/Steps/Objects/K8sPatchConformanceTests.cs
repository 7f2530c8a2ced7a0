using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

/// <summary><c>k8s.patch</c> at a real API server (passed on v1.36.2): what no lab answers, strategic patches first of all.</summary>
public sealed class K8sPatchConformanceTests : IAsyncLifetime
{
    private readonly string _namespace = "objects-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private IKubernetes? _client;
    private StepBench _bench = null!;

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is { } kubeconfig)
        {
            _bench = new StepBench(kubeconfig);
            _client = RealClusters.Connect("primary");
            await _client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _namespace } });
            await _client.AppsV1.CreateNamespacedDeploymentAsync(Pair(), _namespace);
        }
    }

    public async Task DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.CoreV1.DeleteNamespaceAsync(_namespace);
            _client.Dispose();
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Strategic_OfOneContainer_LeavesTheOthersAndIsPutBack()
    {
        var (step, context, intent) = await PreparedAsync("strategic", """{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"b:2"}]}}}}""");
        FieldChanges.FromJson(intent["changes"]).Select(change => change.Pointer).Should().Equal("/spec/template/spec/containers/b/image");
        (await ImagesAsync()).Should().Be("a:1 b:1", "a dry run keeps nothing");

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (await ImagesAsync()).Should().Be("a:1 b:2");

        // Somebody goes on with the container beside it: that stays.
        await _client!.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch("""{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"a:9"}]}}}}""", V1Patch.PatchType.StrategicMergePatch), "d", _namespace);
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().NotContainKey("left");
        (await ImagesAsync()).Should().Be("a:9 b:1");
    }

    [RealClusterTheory]
    [InlineData("merge", """{"metadata":{"labels":{"side":"dr"}}}""")]
    [InlineData("json", """[{"op":"add","path":"/metadata/labels/side","value":"dr"}]""")]
    [InlineData("strategic", """{"metadata":{"labels":{"side":"dr"}}}""")]
    [InlineData("apply", """{"metadata":{"labels":{"side":"dr"}}}""")]
    public async Task Execute_OfEveryType_BelongsToWhatWasSeenAndIsPutBack(string type, string patch)
    {
        var (step, context, intent) = await PreparedAsync(type, patch);

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (await LabelsAsync()).Should().Contain("side", "dr");
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().NotContainKey("left");
        (await LabelsAsync() ?? new Dictionary<string, string>()).Should().NotContainKey("side");

        var (other, again, meant) = await PreparedAsync(type, patch, "t");
        await _client!.AppsV1.DeleteNamespacedDeploymentAsync("d", _namespace);
        await _client.AppsV1.CreateNamespacedDeploymentAsync(Pair(), _namespace);
        (await other.ExecuteAsync(again, meant, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("was replaced since it was prepared");
    }

    /// <summary>A probe that is left without a handler is refused (422): what was made goes whole.</summary>
    [RealClusterTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Undo_OfAProbeThatWasNotThere_TakesItAwayAndLeavesWhatOthersPutBeside(bool others)
    {
        var (step, context, intent) = await PreparedAsync("strategic", """{"spec":{"template":{"spec":{"securityContext":{"fsGroup":7},"containers":[{"name":"a","livenessProbe":{"httpGet":{"path":"/live","port":8080}}}]}}}}""");
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        if (others)
        {
            await _client!.AppsV1.PatchNamespacedDeploymentAsync(
                new V1Patch("""{"spec":{"template":{"spec":{"containers":[{"name":"a","readinessProbe":{"tcpSocket":{"port":1}}}]}}}}""", V1Patch.PatchType.StrategicMergePatch), "d", _namespace);
        }

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().NotContainKey("left");

        var container = (await _client!.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace)).Spec.Template.Spec.Containers[0];
        container.LivenessProbe.Should().BeNull();
        (container.ReadinessProbe is not null).Should().Be(others);
    }

    /// <summary>What was sent on a state lands late where nobody has changed that state, and meets 409 once the same write was sent again.</summary>
    [RealClusterFact]
    public async Task LateWrite_IsExcludedOnceTheSameIntentIsCarriedOutAgain()
    {
        var (step, context, intent) = await PreparedAsync("merge", """{"metadata":{"labels":{"side":"dr"}}}""");
        var address = new ObjectAddress("apps/v1", "deployments", _namespace, "d");
        var seen = await _client!.ReadObjectAsync(address, default);
        var late = PatchBody.Of(PatchType.Merge, JsonNode.Parse("""{"metadata":{"labels":{"side":"dr"}}}""")!, seen, EffectMark.Of(context));
        (await step.ObserveAsync(context, intent, default)).Should().Match<Observation>(observed => observed.Answer == ObservedAnswer.CannotHappenAnyMore && observed.OnlyByRepeating);

        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Done>();

        var act = () => _client!.PatchObjectAsync(address, PatchType.Merge, late, FieldOwners.Patch, force: false, dryRun: false, default);
        ClusterFailure.Of((await act.Should().ThrowAsync<Exception>()).Which, default).Should().Match<ClusterFailure>(failure => failure.IsConflict);
    }

    [RealClusterFact]
    public async Task Apply_OfFieldsThatOthersHold_NamesManagerAndField()
    {
        await _client!.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","labels":{"side":"primary"}}}""", V1Patch.PatchType.ApplyPatch), "d", _namespace, fieldManager: "argo");
        var act = () => PreparedAsync("apply", """{"metadata":{"labels":{"side":"dr"}}}""");

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(
            "deployments/d has fields that others hold, and only with 'force: true' are they taken over: 409 Apply failed with 1 conflict: conflict with \"argo\": .metadata.labels.side");
    }

    private static V1Deployment Pair() => new()
    {
        Metadata = new V1ObjectMeta { Name = "d" },
        Spec = new V1DeploymentSpec
        {
            Replicas = 0,
            Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "d" } },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "d" } },
                Spec = new V1PodSpec { Containers = [new V1Container { Name = "a", Image = "a:1" }, new V1Container { Name = "b", Image = "b:1" }] },
            },
        },
    };

    private async Task<string> ImagesAsync() =>
        string.Join(' ', (await _client!.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace)).Spec.Template.Spec.Containers.Select(container => container.Image));

    private async Task<IDictionary<string, string>> LabelsAsync() => (await _client!.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace)).Metadata.Labels;

    /// <summary>The deployment controller writes an annotation of its own a moment after it is made: the object is prepared once that is there.</summary>
    private async Task<(K8sPatchStep Kind, StepContext Context, JsonObject Intent)> PreparedAsync(string type, string patch, string step = "s")
    {
        await LabSite.UntilAsync(async () => (await _client!.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace)).Status?.ObservedGeneration >= 1);
        var kind = new K8sPatchStep(_connections, TimeProvider.System);
        var context = _bench.Context("k8s.patch", $$"""{"namespace":"{{_namespace}}","api":"apps/v1","resource":"deployments/d","type":"{{type}}","patch":{{patch}}}""", step);
        return (kind, context, JsonNode.Parse((await kind.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
