using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class K8sPatchStepTests : ClusterFixture
{
    private const string With = """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"metadata":{"annotations":{"example.org/side":"dr"}}}}""";

    private JsonNode? Side => Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]?["example.org/side"];

    [Fact]
    public async Task Execute_SendsChangeMarkAndPreconditionsInOneWrite()
    {
        var (step, context, intent) = await PreparedAsync();

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle().Which.Query.Should().Contain("fieldManager=dro-patch");
        Side!.ToString().Should().Be("dr");
        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]![Annotations.Marker]!.ToString().Should().Be("dro-7-s-1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_KilledAtTheWrite_IsSentOnce(bool landed)
    {
        var (step, context, intent) = await PreparedAsync();
        var dying = new DyingProcess(1, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => new K8sPatchStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(landed ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore);
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle();
    }

    [Fact]
    public async Task Execute_ChangedOrFencedMeanwhile_FailsWithoutEffect()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 9, "kubectl", "Update"));
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("was changed since it was prepared (generation 1, mark none -> generation 2, mark none)");

        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { [Annotations.Fence] = "held", [Annotations.Marker] = "dro-6-fence-1" };
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("is held by the fence dro-6-fence-1");
        Cluster.Mutations.Should().BeEmpty();
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("other", "deployments/ledger-api was left as it is: others have changed since what the step had set", "other")]
    public async Task Undo_PutsBackOnlyWhatTheStepSet(string? others, string? left, string? side)
    {
        var (step, context, intent) = await PreparedAsync();
        var done = (StepOutcome.Done)await step.ExecuteAsync(context, intent, default);
        (await step.ContradictionAsync(context, intent, default)).Should().BeNull();
        if (others is not null)
        {
            Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]!["example.org/side"] = others;
        }

        var undone = (StepOutcome.Done)await step.UndoAsync(context, intent, done.Outputs, default);

        undone.Outputs["left"]?.ToString().Should().Be(left);
        Side?.ToString().Should().Be(side);
        (await step.ContradictionAsync(context, intent, default)).Should().Be(others is null ? "deployments/ledger-api has again what it had before the patch" : null);
    }

    [Theory]
    [InlineData("v1", "secrets/a", """{"data":{"a":"b"}}""", "resource")]
    [InlineData("apps", "deployments/a", """{"data":{"a":"b"}}""", "api")]
    [InlineData("v1", "configmaps", """{"data":{"a":"b"}}""", "resource")]
    [InlineData("apps/v1", "deployments/a", """{"spec":{"replicas":3}}""", "patch")]
    [InlineData("apps/v1", "deployments/a", """{"metadata":{"annotations":{"drorchestrator.io/fence":null}}}""", "patch")]
    [InlineData("apps/v1", "deployments/a", """{"metadata":{"finalizers":[]}}""", "patch")]
    [InlineData("apps/v1", "deployments/a", "{}", "patch")]
    [InlineData("v1", "configmaps/a", """{"data":{"a":"b"}}""", null)]
    public void Judge_OfBadInput_NamesTheParameter(string api, string resource, string patch, string? parameter)
    {
        var with = new StepParameters(new JsonObject { ["api"] = api, ["resource"] = resource, ["patch"] = JsonNode.Parse(patch) });

        new K8sPatchStep(Connections, TimeProvider.System).Shape.Judge!(with).Select(problem => problem.Parameter).Should().Equal(parameter is null ? [] : [parameter]);
    }

    private async Task<(K8sPatchStep Step, StepContext Context, JsonObject Intent)> PreparedAsync()
    {
        var step = new K8sPatchStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.patch", With);
        return (step, context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
