using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Fences;

public sealed class K8sUnfenceStepTests : ClusterFixture
{
    private const string With = """{"namespace":"ledger","fence":"fence","rejoined-by":"rejoin","workloads":{"statefulset/ledger-store":1,"deployment/ledger-api":0}}""";

    [Fact]
    public async Task Execute_RejoinedAsStandby_LiftsTheFenceAndUndoHoldsAgain()
    {
        await FencedAsync();
        var (step, context) = Lifting();
        var intent = await step.PrepareAsync(context, default);

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        var store = Cluster.Objects.Find(FakeLedgerSite.Store)!;
        store["spec"]!["replicas"]!.GetValue<int>().Should().Be(1);
        store["metadata"]!["annotations"]![Annotations.Fence]!.ToString().Should().Be("lifted");
        Cluster.Objects.Find(FakeLedgerSite.Api)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        Cluster.Mutations.Count(r => r.Body!.Contains("dro-7-unfence-1", StringComparison.Ordinal)).Should().Be(2);

        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        store["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
        store["metadata"]!["annotations"]![Annotations.Fence]!.ToString().Should().Be("held");
    }

    [Theory]
    [InlineData("held", 1, "statefulset/ledger-store is held by a fence again")]
    [InlineData("lifted", 0, "statefulset/ledger-store was scaled to 1 and has 0 replicas")]
    [InlineData("lifted", 3, null)]
    public async Task Contradiction_OfAWorkloadThatWasLifted_IsThatItIsHeldOrGone(string fence, int replicas, string? contradiction)
    {
        await FencedAsync();
        var (step, context) = Lifting();
        var intent = await step.PrepareAsync(context, default);
        await step.ExecuteAsync(context, intent, default);
        var stands = await step.ContradictionAsync(context, intent, default);
        var store = Cluster.Objects.Find(FakeLedgerSite.Store)!;
        store["metadata"]!["annotations"]![Annotations.Fence] = fence;
        store["spec"]!["replicas"] = replicas;

        var seen = await step.ContradictionAsync(context, intent, default);

        (stands, seen).Should().Be((null, contradiction));
        step.TargetsOf(context).Select(target => target.Names[^1]).Should().Equal("statefulset/ledger-store", "deployment/ledger-api");
    }

    [Fact]
    public async Task Prepare_NotRejoinedAsStandby_IsRefused()
    {
        await FencedAsync();
        Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "primary" };
        var (step, context) = Lifting();

        var act = () => step.PrepareAsync(context, default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage("the fence is lifted only from a standby: step 'rejoin' says role 'primary'");
    }

    [Fact]
    public async Task PrepareAndExecute_JobOfOursStillActive_IsRefused()
    {
        await FencedAsync();
        var (step, context) = Lifting();
        var intent = await step.PrepareAsync(context, default);
        Cluster.Objects.Put(
            FakeLedgerSite.Jobs + "/dro-7-promote-1",
            JsonNode.Parse("""{"apiVersion":"batch/v1","kind":"Job","metadata":{"annotations":{"drorchestrator.io/marker":"dro-7-promote-1"}},"spec":{"template":{"spec":{"containers":[]}}}}""")!.AsObject());
        const string Message = "the fence cannot be lifted while Job dro-7-promote-1 is not finished: it could still promote";

        var act = () => step.PrepareAsync(context, default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage(Message);
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be(Message);
        Cluster.Objects.Find(FakeLedgerSite.Store)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task Prepare_WorkloadThatIsNotFenced_IsRefused()
    {
        await FencedAsync();
        var step = new K8sUnfenceStep(new FenceLift(Connections, TimeProvider.System));
        var context = Bench.Context("k8s.unfence", """{"namespace":"ledger","fence":"fence","rejoined-by":"rejoin","workloads":{"deployment/other":1}}""", "unfence");

        var act = () => step.PrepareAsync(context, default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage("deployment/other is not held by step 'fence'; it holds: statefulset/ledger-store, deployment/ledger-api");
    }

    private (K8sUnfenceStep Step, StepContext Context) Lifting() => (new K8sUnfenceStep(new FenceLift(Connections, TimeProvider.System)), Bench.Context("k8s.unfence", With, "unfence"));

    private async Task FencedAsync()
    {
        var fence = new K8sFenceStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""", "fence");
        Bench.Intents["fence"] = await fence.PrepareAsync(context, default);
        (await fence.ExecuteAsync(context, Bench.Intents["fence"], default)).Should().BeOfType<StepOutcome.Done>();
        Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "standby" };
    }
}
