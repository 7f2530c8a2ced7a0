using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class K8sScaleStepTests : ClusterFixture
{
    private const string With = """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":5}""";

    [Fact]
    public async Task Execute_SetsReplicasMarkAndOwnerInOneWrite()
    {
        var (step, context, intent) = await PreparedAsync();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs["replicasBefore"]!.GetValue<int>().Should().Be(2);
        Cluster.Mutations.Should().ContainSingle().Which.Query.Should().Contain("fieldManager=dro-scale").And.Contain("force=true");
        var metadata = Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!;
        metadata["annotations"]!.ToJsonString().Should().Be(
            """{"drorchestrator.io/run":"7","drorchestrator.io/step":"s","drorchestrator.io/epoch":"3","drorchestrator.io/marker":"dro-7-s-1"}""");
        metadata["managedFields"]![0]!["manager"]!.ToString().Should().Be("dro-scale");
    }

    [Fact]
    public async Task Execute_OnlyStatusChangedMeanwhile_IsAppliedOnTheNewVersion()
    {
        var (step, context, intent) = await PreparedAsync();
        var races = 2;
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method == "PATCH" && races-- > 0)
            {
                Cluster.Objects.Change(o => o.Touch(o.Find(FakeLedgerSite.Api)!));
            }

            return null;
        };

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Requests.Where(r => r.IsMutation).Select(r => r.Status).Should().Equal(409, 409, 200);
    }

    [Fact]
    public async Task Execute_SpecChangedMeanwhile_FailsWithoutEffect()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 9, "kubectl", "Update"));

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Be("deployment/ledger-api was changed since it was prepared (generation 1 -> 2, it asks for 9 replicas now)");
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Execute_Forbidden_FailsWithTheServersWords()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Intercept = (request, _) => request.Method == "PATCH" ? FakeObjects.Status(403, "Forbidden", "deployments is forbidden: cannot patch") : null;

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Be("deployment/ledger-api cannot be changed: 403 deployments is forbidden: cannot patch");
    }

    [Fact]
    public async Task Execute_RefusedBehindARequestThatGotNoAnswer_IsUnknown()
    {
        // What the second request is told says nothing of the first, which may still land.
        var (step, context, intent) = await PreparedAsync();
        var sent = 0;
        Cluster.Intercept = (request, _) => request.Method != "PATCH" ? null : ++sent == 1 ? FakeObjects.Status(500, "InternalError", "etcd") : FakeObjects.Status(403, "Forbidden", "cannot patch");

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be("whether deployment/ledger-api was changed is not known: 403 cannot patch");
        sent.Should().Be(2);
    }

    [Fact]
    public async Task Execute_ApiStaysBroken_IsUnknown()
    {
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1);
        Cluster.Intercept = (request, _) => request.Method == "PATCH" ? FakeObjects.Status(500, "InternalError", "etcd") : null;

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Contain("whether deployment/ledger-api was changed is not known: 500 etcd");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_KilledAtTheWrite_IsAppliedOnce(bool landed)
    {
        var (step, context, intent) = await PreparedAsync();
        var dying = new DyingProcess(1, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => new K8sScaleStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(landed ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore);
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle();
    }

    [Fact]
    public async Task Undo_PutsBackOnce()
    {
        var (step, context, intent) = await PreparedAsync();
        await step.ExecuteAsync(context, intent, default);

        await step.UndoAsync(context, intent, null, default);
        await step.UndoAsync(context, intent, null, default);

        Cluster.Objects.Find(FakeLedgerSite.Api)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(2);
        Cluster.Mutations.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(9, null)]
    [InlineData(0, "deployment/ledger-api was scaled to 5 and has 0 replicas")]
    public async Task Contradiction_OfAWorkloadThatOthersScaled_IsThatNothingRunsAnyMore(int replicas, string? contradiction)
    {
        var (step, context, intent) = await PreparedAsync();
        await step.ExecuteAsync(context, intent, default);
        (await step.ContradictionAsync(context, intent, default)).Should().BeNull();

        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, replicas, "kubectl", "Update"));

        (await step.ContradictionAsync(context, intent, default)).Should().Be(contradiction);
    }

    [Fact]
    public async Task Undo_OfAnAttemptThatWasRefused_LeavesWhatOthersHaveSetSince()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 9, "kubectl", "Update"));
        await step.ExecuteAsync(context, intent, default);

        var undone = await step.UndoAsync(context, intent, null, default);

        undone.Should().BeOfType<StepOutcome.Done>().Which.Outputs["left"]!.GetValue<string>().Should().Be(
            "deployment/ledger-api was left as it is (9 replicas): it carries no mark of this run, so what stands there is not of its doing");
        Cluster.Objects.Find(FakeLedgerSite.Api)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(9);
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Prepare_HeldByAFence_IsRefused()
    {
        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { [Annotations.Fence] = "held", [Annotations.Marker] = "dro-6-fence-1" };

        var act = () => PreparedAsync();

        await act.Should().ThrowAsync<StepFailedException>().WithMessage("deployment/ledger-api at primary is held at 0 by the fence dro-6-fence-1; only k8s.unfence lifts it");
    }

    [Theory]
    [InlineData("""{"namespace":"ledger","workload":"pod/x","replicas":1}""", "'pod/x' is no workload; allowed: deployment/NAME, statefulset/NAME")]
    [InlineData("""{"namespace":"ledger","workload":"deployment/x","replicas":-1}""", "-1 replicas; allowed: 0 to 10000")]
    [InlineData("""{"namespace":"ledger","workload":"deployment/x","replicas":1}""", "deployment/x at primary cannot be read: 404 /apis/apps/v1/namespaces/ledger/deployments/x not found")]
    public async Task Prepare_WhatCannotBeMeant_SaysWhy(string with, string message)
    {
        var step = new K8sScaleStep(Connections, TimeProvider.System);

        var act = () => step.PrepareAsync(Bench.Context("k8s.scale", with), default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage(message);
    }

    private async Task<(K8sScaleStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(int timeoutSeconds = 10)
    {
        var step = new K8sScaleStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.scale", With, timeoutSeconds: timeoutSeconds);
        return (step, context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
