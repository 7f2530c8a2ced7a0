using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

/// <summary><c>k8s.apply</c> in a site of the lab, whose controllers make pods of what is applied.</summary>
public sealed class K8sApplyInTheLabTests
{
    /// <summary>One object that is not there, one that is.</summary>
    private const string Two = """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: settings, labels: { side: dr } }
        data: { primary: dr }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ledger-api, annotations: { example.org/side: dr } }
        spec: { template: { spec: { containers: [ { name: main, env: [ { name: SIDE, value: dr } ] } ] } } }
        """;

    [Fact]
    public async Task Execute_OfTwoDocuments_MakesOneChangesOneAndTakenBackBothAreAsBefore()
    {
        await using var lab = await LabSite.StartAsync();
        var before = await DeploymentAsync(lab);
        var (step, context, intent) = await PreparedAsync(lab, Two);
        lab.Effects.Where(effect => !effect.Path.Contains("dryRun=All", StringComparison.Ordinal)).Should().BeEmpty("a dry run keeps nothing");

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        var made = await lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger");
        made.Metadata.ManagedFields.Should().ContainSingle(entry => entry.Manager == "dro-apply-p-s").Which.Operation.Should().Be("Apply", "the next apply of the step meets no conflict with itself");
        var changed = await DeploymentAsync(lab);
        (Env(changed), changed.Metadata.Annotations["example.org/side"]).Should().Be(("SIDE=dr", "dr"));

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();
        (await lab.Client.CoreV1.ListNamespacedConfigMapAsync("ledger", labelSelector: "side=dr")).Items.Should().BeEmpty();
        var back = await DeploymentAsync(lab);
        (Env(back), back.Metadata.Annotations?.ContainsKey("example.org/side") ?? false).Should().Be((Env(before), false));
        back.Metadata.ManagedFields.Should().NotContain(entry => entry.Manager == "dro-apply-p-s");
    }

    [Fact]
    public async Task Execute_OfAnotherTextOverWhatItMade_RemovesWhatItLeavesOut()
    {
        await using var lab = await LabSite.StartAsync();
        var (step, context, intent) = await PreparedAsync(lab, Two);
        await step.ExecuteAsync(context, intent, default);

        var (again, other, meant) = await PreparedAsync(lab, Two.Replace("primary: dr", "other: dr", StringComparison.Ordinal));

        (await again.ExecuteAsync(other with { Attempt = 2 }, meant, default)).Should().BeOfType<StepOutcome.Done>();
        (await lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger")).Data.Should().Equal(new Dictionary<string, string> { ["other"] = "dr" });
    }

    [Fact]
    public async Task Execute_OfADeployment_HasItsPodsRunAndTakenBackTheyAreGone()
    {
        await using var lab = await LabSite.StartAsync();
        var (step, context, intent) = await PreparedAsync(lab, """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: reports }
            spec:
              replicas: 1
              selector: { matchLabels: { app: reports } }
              template:
                metadata: { labels: { app: reports } }
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [ { name: main, image: lab, command: [ "trap 'exit 0' TERM; while read line; do :; done" ] } ]
            """);

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        await LabSite.UntilAsync(async () => (await lab.Client.AppsV1.ReadNamespacedDeploymentAsync("reports", "ledger")).Status?.ReadyReplicas == 1);
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();
        (await lab.Client.AppsV1.ListNamespacedDeploymentAsync("ledger")).Items.Should().NotContain(one => one.Metadata.Name == "reports");
        (await lab.Client.CoreV1.ListNamespacedPodAsync("ledger", labelSelector: "app=reports")).Items.Should().BeEmpty("it stays until what belongs to it is gone");
    }

    [Fact]
    public async Task Prepare_OfFieldsThatOthersHold_NamesThemAndWithForceTakesThemOver()
    {
        await using var lab = await LabSite.StartAsync();
        await lab.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"primary":"primary"}}""", V1Patch.PatchType.ApplyPatch), "settings", "ledger", fieldManager: "argo");
        var act = () => PreparedAsync(lab, Two);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(
            "document 1: configmaps/settings has fields that others hold, and only with 'force: true' are they taken over: 409 Apply failed with 1 conflict: conflict with \"argo\": .data.primary");

        var (step, context, intent) = await PreparedAsync(lab, Two, force: true);
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (await lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger")).Data["primary"].Should().Be("dr");
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();
        (await lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger")).Data["primary"].Should().Be("primary");
    }

    [Theory]
    [InlineData("apiVersion: apps/v7\nkind: Deployment\nmetadata: { name: d }", "document 1 (Deployment d): the API of primary serves no Deployment in apps/v7")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: d }\ndat: { a: b }", "document 1: configmaps/d cannot be tried (dryRun=All): *.dat: field not declared in schema*")]
    public async Task Prepare_OfWhatTheApiDoesNotTake_SaysSo(string manifest, string said)
    {
        await using var lab = await LabSite.StartAsync();
        var act = () => PreparedAsync(lab, manifest);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Match(said);
    }

    private static string Env(V1Deployment deployment) => string.Join(',', deployment.Spec.Template.Spec.Containers.Single().Env?.Select(one => $"{one.Name}={one.Value}") ?? []);

    private static Task<V1Deployment> DeploymentAsync(LabSite lab) => lab.Client.AppsV1.ReadNamespacedDeploymentAsync("ledger-api", "ledger");

    private static async Task<(K8sApplyStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(LabSite lab, string manifest, bool force = false)
    {
        var step = new K8sApplyStep(lab.Connections, TimeProvider.System);
        var context = lab.Bench.ContextOfManifest("ledger", manifest, force);
        return (step, context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
