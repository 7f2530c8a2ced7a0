using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Sandbox.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>The same steps against the lab: real field owners, real controllers, pods that are real processes.</summary>
public sealed class StepsInTheLabTests : IAsyncLifetime
{
    private LabSite _lab = null!;

    public async Task InitializeAsync() => _lab = await LabSite.StartAsync();

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Fact]
    public async Task Fence_ProvedLiftedAndFencedAgain()
    {
        var gate = await new FenceProvableGate(_lab.Connections, TimeProvider.System).CheckAsync(
            StepBench.Parameters("""{"site":"primary","namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}"""), StepBench.Plan, _lab.Bench.Estate, default);
        gate.Should().HaveCount(3).And.OnlyContain(g => g.Passed);

        var (fence, context, intent) = await _lab.PreparedFenceAsync();
        var done = (await fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        done.Outputs["pods"]!.AsArray().Should().HaveCount(3);
        (await _lab.Client.CoreV1.ListNamespacedPodAsync("ledger")).Items.Should().BeEmpty();

        _lab.Bench.Intents["fence"] = intent;
        _lab.Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "standby" };
        var lifting = new K8sUnfenceStep(new FenceLift(_lab.Connections, TimeProvider.System));
        var lift = _lab.Bench.Context(
            "k8s.unfence", """{"namespace":"ledger","fence":"fence","rejoined-by":"rejoin","workloads":{"statefulset/ledger-store":1,"deployment/ledger-api":0}}""", "unfence");
        (await lifting.ExecuteAsync(lift, await lifting.PrepareAsync(lift, default), default)).Should().BeOfType<StepOutcome.Done>();
        (await fence.ProveAsync(_lab.Bench.Estate, intent, default)).Proved.Should().BeFalse();

        var scaling = new K8sScaleStep(_lab.Connections, TimeProvider.System);
        var scale = _lab.Bench.Context("k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":2}""", "scale");
        (await scaling.ExecuteAsync(scale, await scaling.PrepareAsync(scale, default), default)).Should().BeOfType<StepOutcome.Done>();
        foreach (var workload in new[] { "statefulset/ledger-store", "deployment/ledger-api" })
        {
            var rollout = _lab.Bench.Context("k8s.rollout", $$"""{"namespace":"ledger","workload":"{{workload}}"}""");
            (await new K8sRolloutStep(_lab.Connections, TimeProvider.System).ExecuteAsync(rollout, [], default)).Should().BeOfType<StepOutcome.Done>();
        }

        var again = _lab.Bench.Context("k8s.fence", LabSite.FenceWith, "fence-again");
        var second = await fence.PrepareAsync(again, default);
        (await fence.ExecuteAsync(again, second, default)).Should().BeOfType<StepOutcome.Done>();

        (await fence.UndoAsync(again, second, null, default)).Should().BeOfType<StepOutcome.Done>();
        var store = await _lab.Client.AppsV1.ReadNamespacedStatefulSetAsync("ledger-store", "ledger");
        store.Spec.Replicas.Should().Be(1);
        Workload.From(store).ReplicasOwners.Should().Equal(new FieldOwner("dro-scale", "Apply", ""));
    }

    [Fact]
    public async Task Fence_LedgerDiesAtEveryStart_IsProved()
    {
        _lab.Site.Faults.KillLedger = true;
        await LabSite.UntilAsync(async () =>
            (await _lab.Client.CoreV1.ReadNamespacedPodAsync("ledger-store-0", "ledger")).Status.ContainerStatuses[0].State.Waiting?.Reason == "CrashLoopBackOff");
        var (fence, context, intent) = await _lab.PreparedFenceAsync();

        var outcome = await fence.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Done>(outcome.ToString());
    }

    [Fact]
    public async Task Fence_PodIgnoresSigterm_IsNotProved()
    {
        _lab.Site.Faults.IgnoreSigterm = true;
        var (fence, context, intent) = await _lab.PreparedFenceAsync(4);

        var failed = (await fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("pod ledger-store-0 (").And.Contain("was asked to end but container main is running");
        (await fence.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        (await _lab.Client.AppsV1.ReadNamespacedStatefulSetAsync("ledger-store", "ledger")).Spec.Replicas.Should().Be(1);
        (await _lab.Client.CoreV1.ReadNamespacedPodAsync("ledger-store-0", "ledger")).Metadata.Finalizers.Should().BeNullOrEmpty();
    }

    [Fact]
    public async Task Fence_NodeIsCutOff_IsNotProved()
    {
        _lab.Site.Faults.NodeNotReady = true;
        var (fence, context, intent) = await _lab.PreparedFenceAsync(5);

        var failed = (await fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("node primary-node-1 is NotReady (Ready=Unknown): its kubelet cannot confirm that pod ledger-store-0 (");
    }

    [Fact]
    public async Task Fence_PodDeletedByForceWhileItsNodeIsCutOff_IsNotProved()
    {
        _lab.Site.Faults.NodeNotReady = true;
        var (fence, context, intent) = await _lab.PreparedFenceAsync(10);
        var running = fence.ExecuteAsync(context, intent, default);
        await LabSite.UntilAsync(async () => (await _lab.Client.AppsV1.ReadNamespacedStatefulSetAsync("ledger-store", "ledger")).Spec.Replicas == 0);

        await _lab.Client.CoreV1.DeleteNamespacedPodAsync("ledger-store-0", "ledger", gracePeriodSeconds: 0);

        (await running).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("was deleted by force (grace period 0) while container main is running: its process may live on");
    }

    [Fact]
    public async Task Fence_PodDeletedByForceBeforeItCouldBeHeld_IsNotProved()
    {
        var (fence, context, intent) = await _lab.PreparedFenceAsync(5);
        _lab.Site.Faults.NodeNotReady = true;
        await _lab.Client.CoreV1.DeleteNamespacedPodAsync("ledger-store-0", "ledger", gracePeriodSeconds: 0);

        var failed = (await fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().MatchRegex(@"pod ledger-store-0 \([0-9a-f-]+\) is gone without its end having been seen");
    }

    [Theory]
    [InlineData(true, "someone (Update through /scale)")]
    [InlineData(false, "someone (Update)")]
    public async Task Fence_ReplicasTakenOver_DoesNotHoldAndSaysByWhom(bool throughScale, string owner)
    {
        var (fence, context, intent) = await _lab.PreparedFenceAsync();
        (await fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        var patch = new V1Patch("""{"spec":{"replicas":1}}""", V1Patch.PatchType.MergePatch);

        if (throughScale)
        {
            await _lab.Client.AppsV1.PatchNamespacedStatefulSetScaleAsync(patch, "ledger-store", "ledger", fieldManager: "someone");
        }
        else
        {
            await _lab.Client.AppsV1.PatchNamespacedStatefulSetAsync(patch, "ledger-store", "ledger", fieldManager: "someone");
        }

        var proof = await fence.ProveAsync(_lab.Bench.Estate, intent, default);
        proof.Proved.Should().BeFalse();
        proof.Missing.Should().Contain($"statefulset/ledger-store asks for 1 replicas: spec.replicas was taken over by {owner}")
            .And.Contain("spec.replicas of statefulset/ledger-store is not owned by dro-fence any more");
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(10, true)]
    public async Task Fence_KilledAtAWrite_GoesOnAndEachEffectWasAskedForOnce(int write, bool landed)
    {
        var (fence, context, intent) = await _lab.PreparedFenceAsync();
        var dying = new DyingProcess(write, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => new K8sFenceStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        (await fence.ObserveAsync(context, intent, default)).Answer.Should().BeOneOf(ObservedAnswer.CannotHappenAnyMore, ObservedAnswer.Happened);
        (await fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        _lab.Effects.Select(Effect).Should().OnlyHaveUniqueItems().And.HaveCount(10);
        (await fence.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
    }

    [Fact]
    public async Task Job_RunsAndItsLastLineIsRead()
    {
        var step = new K8sJobStep(_lab.Connections, TimeProvider.System);
        var context = _lab.Bench.Context(
            "k8s.job", """{"namespace":"ledger","command":["echo working; echo \"{\\\"role\\\":\\\"primary\\\",\\\"epoch\\\":$N}\""],"env":{"N":"2"},"outputs":["role","epoch"]}""", "promote");

        var done = (await step.ExecuteAsync(context, await step.PrepareAsync(context, default), default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs.ToJsonString().Should().Be("""{"role":"primary","epoch":2,"exitCode":0}""");
    }

    [Theory]
    [InlineData(10, typeof(StepOutcome.Failed))]
    [InlineData(3, typeof(StepOutcome.Unknown))]
    public async Task Job_Fails_IsJudgedByItsExitCode(int code, Type outcome)
    {
        var step = new K8sJobStep(_lab.Connections, TimeProvider.System);
        var context = _lab.Bench.Context("k8s.job", $$"""{"namespace":"ledger","command":["exit {{code}}"],"failed-means-no-effect-exit-codes":["10"]}""", "promote");

        (await step.ExecuteAsync(context, await step.PrepareAsync(context, default), default)).Should().BeOfType(outcome);
    }

    private static string Effect(RequestEntry request)
    {
        var body = JsonNode.Parse(request.Body!)!;
        body["metadata"]!.AsObject().Remove("resourceVersion");
        return $"{request.Method} {request.Path} {body.ToJsonString()}";
    }
}
