using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

/// <summary><c>k8s.apply</c> at a real API server (passed on v1.36.2).</summary>
public sealed class K8sApplyConformanceTests : IAsyncLifetime
{
    private const string Two = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: settings, labels: { side: dr } }
        data: { primary: dr }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: d }
        spec:
          replicas: 0
          selector: { matchLabels: { app: d } }
          template:
            metadata: { labels: { app: d } }
            spec:
              containers:
              - { name: a, image: "a:2" }
        """;

    private readonly string _namespace = "apply-" + Guid.NewGuid().ToString("N")[..8];
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
    public async Task Execute_OfWhatIsNotThere_MakesItAndTakenBackItIsGone()
    {
        var (kind, context, intent) = await PreparedAsync(Two);
        (await _client!.CoreV1.ListNamespacedConfigMapAsync(_namespace, labelSelector: "side=dr")).Items.Should().BeEmpty("a dry run keeps nothing");

        var done = (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        var made = await _client.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace);
        made.Metadata.ManagedFields.Should().Contain(entry => entry.Manager == "dro-apply-p-s" && entry.Operation == "Apply");
        (await kind.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        done.Outputs["objects"]!["apps/v1/deployments/d"]!["uid"]!.ToString().Should().Be(made.Metadata.Uid);

        (await kind.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();
        (await _client.AppsV1.ListNamespacedDeploymentAsync(_namespace)).Items.Should().BeEmpty();
        (await _client.CoreV1.ListNamespacedConfigMapAsync(_namespace, labelSelector: "side=dr")).Items.Should().BeEmpty();
    }

    [RealClusterFact]
    public async Task Execute_OfAnotherTextOverWhatItMade_MeetsNoConflictWithItself()
    {
        var (kind, context, intent) = await PreparedAsync(Two);
        await kind.ExecuteAsync(context, intent, default);

        var (again, other, meant) = await PreparedAsync(Two.Replace("primary: dr", "other: dr", StringComparison.Ordinal));

        (await again.ExecuteAsync(other with { Attempt = 2 }, meant, default)).Should().BeOfType<StepOutcome.Done>();
        (await _client!.CoreV1.ReadNamespacedConfigMapAsync("settings", _namespace)).Data.Should().Equal(new Dictionary<string, string> { ["other"] = "dr" }, "what it leaves out now is removed");
    }

    [RealClusterFact]
    public async Task Undo_OfWhatWasThere_PutsBackItsFieldsAndHoldsNothingAnyMore()
    {
        await _client!.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"primary":"dr","mode":"sync"}}""", V1Patch.PatchType.ApplyPatch), "settings", _namespace, fieldManager: "argo");
        var (kind, context, intent) = await PreparedAsync(Two);

        var done = (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        var set = await _client.CoreV1.ReadNamespacedConfigMapAsync("settings", _namespace);
        set.Metadata.Labels.Should().Contain("side", "dr");
        set.Data.Should().HaveCount(2);

        (await kind.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();
        var back = await _client.CoreV1.ReadNamespacedConfigMapAsync("settings", _namespace);
        (back.Metadata.Labels ?? new Dictionary<string, string>()).Should().NotContainKey("side");
        back.Metadata.ManagedFields.Should().NotContain(entry => entry.Manager == "dro-apply-p-s");

        // Whoever holds the fields goes on without a conflict.
        var act = () => _client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"primary":"primary","mode":"sync"}}""", V1Patch.PatchType.ApplyPatch), "settings", _namespace, fieldManager: "argo");
        (await act.Should().NotThrowAsync()).Which.Data["primary"].Should().Be("primary");
    }

    [RealClusterFact]
    public async Task Prepare_OfFieldsThatOthersHold_NamesDocumentManagerAndField()
    {
        await _client!.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"primary":"primary"}}""", V1Patch.PatchType.ApplyPatch), "settings", _namespace, fieldManager: "argo");
        var act = () => PreparedAsync(Two);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(
            "document 1: configmaps/settings has fields that others hold, and only with 'force: true' are they taken over: 409 Apply failed with 1 conflict: conflict with \"argo\": .data.primary");

        var (kind, context, intent) = await PreparedAsync(Two, force: true);
        var done = (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (await _client.CoreV1.ReadNamespacedConfigMapAsync("settings", _namespace)).Data["primary"].Should().Be("dr");
        (await kind.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();
        (await _client.CoreV1.ReadNamespacedConfigMapAsync("settings", _namespace)).Data["primary"].Should().Be("primary");
    }

    [RealClusterFact]
    public async Task Observe_HalfApplied_SaysWhichAndTheSameIntentGoesOn()
    {
        var (kind, context, intent) = await PreparedAsync(Two);
        var half = intent.DeepClone().AsObject();
        half["objects"]!.AsArray().RemoveAt(1);
        (await kind.ExecuteAsync(context, half, default)).Should().BeOfType<StepOutcome.Done>();

        var seen = await kind.ObserveAsync(context, intent, default);
        seen.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
        seen.Detail.Should().Be("1 of 2 documents carry dro-7-s-1; not applied: document 2 (deployments/d); asked again, it goes on with these");
        var before = (await _client!.CoreV1.ReadNamespacedConfigMapAsync("settings", _namespace)).Metadata.ResourceVersion;
        (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        (await _client.CoreV1.ReadNamespacedConfigMapAsync("settings", _namespace)).Metadata.ResourceVersion.Should().Be(before, "what carries the mark is not sent again");
        (await kind.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
    }

    [RealClusterTheory]
    [InlineData("apiVersion: apps/v7\nkind: Deployment\nmetadata: { name: d }", "document 1 (Deployment d): the API of primary serves no Deployment in apps/v7")]
    [InlineData("apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: { name: d }\nhandler: h", "document 1 (RuntimeClass d): it belongs to the whole cluster, and the step acts in a namespace")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: d }\ndat: { a: b }", "document 1: configmaps/d cannot be tried (dryRun=All): *.dat: field not declared in schema*")]
    public async Task Prepare_OfWhatTheApiDoesNotTake_SaysSo(string manifest, string said)
    {
        var act = () => PreparedAsync(manifest);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Match(said);
    }

    private async Task<(K8sApplyStep Kind, StepContext Context, JsonObject Intent)> PreparedAsync(string manifest, bool force = false)
    {
        var kind = new K8sApplyStep(_connections, TimeProvider.System);
        var context = _bench.ContextOfManifest(_namespace, manifest, force);
        return (kind, context, JsonNode.Parse((await kind.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
