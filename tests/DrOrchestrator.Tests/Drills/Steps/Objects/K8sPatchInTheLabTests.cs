using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Sandbox.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

/// <summary>The types of <c>k8s.patch</c> at the lab's API, which knows owners of fields and dry runs. Strategic patches only real servers take.</summary>
public sealed class K8sPatchInTheLabTests : IAsyncLifetime
{
    private const string Settings = "/api/v1/namespaces/ledger/configmaps/settings";

    private LabSite _lab = null!;

    public async Task InitializeAsync()
    {
        _lab = await LabSite.StartAsync();
        await _lab.Site.SeedAsync([JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"ledger"},"data":{"side":"primary","hosts":"a"}}""")!.AsObject()], default);
    }

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Theory]
    [InlineData("merge", """{"data":{"side":"dr","hosts":null,"new":"n"}}""")]
    [InlineData("json", """[{"op":"test","path":"/data/side","value":"primary"},{"op":"replace","path":"/data/side","value":"dr"},{"op":"remove","path":"/data/hosts"},{"op":"add","path":"/data/new","value":"n"}]""")]
    public async Task Undo_OfMergeAndJson_PutsBackExactlyWhatChanged(string type, string patch)
    {
        var (step, context, intent) = await PreparedAsync(type, patch);
        _lab.Effects.Where(IsPatch).Should().ContainSingle("a dry run is all that was asked").Which.Path.Should().Contain("dryRun=All");
        Pointers(intent).Should().Be("/data/hosts /data/new /data/side");
        (await DataAsync()).Should().Be("hosts=a side=primary");

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        (await DataAsync()).Should().Be("new=n side=dr");
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        await SetAsync("kept", "others");
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().NotContainKey("left");
        (await DataAsync()).Should().Be("hosts=a kept=others side=primary");
        (await step.ContradictionAsync(context, intent, default)).Should().Be("configmaps/settings has again what it had before the patch");
    }

    [Fact]
    public async Task Json_WhoseTestDoesNotHold_IsRefusedBeforeTheIntent()
    {
        var act = () => PreparedAsync("json", """[{"op":"test","path":"/data/side","value":"dr"},{"op":"remove","path":"/data/side"}]""");

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().StartWith("configmaps/settings cannot be tried (dryRun=All): 422");
    }

    [Fact]
    public async Task Json_OfALabelWhereThereAreNone_FindsTheMapping()
    {
        var (step, context, intent) = await PreparedAsync("json", """[{"op":"add","path":"/metadata/labels/side","value":"dr"},{"op":"add","path":"/metadata/annotations/example.org~1side","value":"dr"}]""");

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        var metadata = (await _lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger")).Metadata;
        metadata.Labels["side"].Should().Be("dr");
        metadata.Annotations["example.org/side"].Should().Be("dr");
    }

    [Fact]
    public async Task Apply_OfFieldsThatOthersHold_NamesThemAndTakesThemOnlyByForce()
    {
        await _lab.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"side":"primary"}}""", V1Patch.PatchType.ApplyPatch), "settings", "ledger", fieldManager: "argo", force: true);
        const string patch = """{"data":{"side":"dr"}}""";
        var act = () => PreparedAsync("apply", patch);
        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().StartWith("configmaps/settings has fields that others hold, and only with 'force: true' are they taken over: 409").And.Contain("argo").And.Contain(".data.side");

        var (step, context, intent) = await PreparedAsync("apply", patch, force: true);
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (await DataAsync()).Should().Be("hosts=a side=dr");
        await OwnersAsync("side", "dro-patch-p-s");

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();
        (await DataAsync()).Should().Be("hosts=a side=primary");
    }

    [Fact]
    public async Task Apply_WhoseFieldIsTakenBetweenIntentAndEffect_FailsWithoutEffect()
    {
        var (step, context, intent) = await PreparedAsync("apply", """{"data":{"new":"n"}}""");
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        await OwnersAsync("new", "dro-patch-p-s");

        // The second step marks the object too: whose the marks are is no conflict.
        var (second, next, meant) = await PreparedAsync("apply", """{"data":{"more":"m"}}""", step: "t");
        (await second.ExecuteAsync(next, meant, default)).Should().BeOfType<StepOutcome.Done>();
        (await DataAsync()).Should().Be("hosts=a more=m new=n side=primary", "each step is an applier of its own");

        // As after a change that no generation tells of: the intent is made to fit, and the server is asked again.
        var (third, last, late) = await PreparedAsync("apply", """{"data":{"late":"l"}}""", step: "u");
        await _lab.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"late":"other"}}""", V1Patch.PatchType.ApplyPatch), "settings", "ledger", fieldManager: "argo");
        var seen = await _lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger");
        late["version"] = $"version {seen.Metadata.ResourceVersion}";
        late["changes"] = new JsonArray();
        (await third.ExecuteAsync(last, late, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("only with 'force: true'").And.Contain("argo");
        (await DataAsync()).Should().Contain("late=other");
    }

    [Fact]
    public async Task Strategic_AtAnApiThatTakesNone_SaysSoBeforehand()
    {
        var act = () => PreparedAsync("strategic", """{"data":{"side":"dr"}}""");

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().StartWith("configmaps/settings takes no patch of type strategic: 415");
    }

    private static bool IsPatch(RequestEntry entry) => entry.Method == "PATCH" && entry.Path.StartsWith(Settings, StringComparison.Ordinal);

    private static string Pointers(JsonObject intent) => string.Join(' ', FieldChanges.FromJson(intent["changes"]).Select(change => change.Pointer).Order(StringComparer.Ordinal));

    private async Task<(K8sPatchStep Kind, StepContext Context, JsonObject Intent)> PreparedAsync(string type, string patch, bool force = false, string step = "s")
    {
        var kind = new K8sPatchStep(_lab.Connections, TimeProvider.System);
        var with = $$"""{"namespace":"ledger","api":"v1","resource":"configmaps/settings","type":"{{type}}","patch":{{patch}}{{(force ? ",\"force\":true" : "")}}}""";
        var context = _lab.Bench.Context("k8s.patch", with, step);
        return (kind, context, JsonNode.Parse((await kind.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }

    private async Task<string> DataAsync() =>
        string.Join(' ', (await _lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger")).Data.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}"));

    private Task SetAsync(string key, string value) =>
        _lab.Client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch(new JsonObject { ["data"] = new JsonObject { [key] = value } }.ToJsonString(), V1Patch.PatchType.MergePatch), "settings", "ledger");

    private async Task OwnersAsync(string key, params string[] managers)
    {
        var owners = (await _lab.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", "ledger")).Metadata.ManagedFields
            .Where(entry => System.Text.Json.JsonSerializer.Serialize(entry.FieldsV1).Contains($"\"f:{key}\"", StringComparison.Ordinal)).Select(entry => entry.Manager);
        owners.Should().BeEquivalentTo(managers);
    }
}
