using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Fences;

public sealed class K8sFenceStepTests : IAsyncLifetime
{
    private const string With = """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""";

    private FakeCluster _cluster = null!;
    private FakeLedgerSite _site = null!;
    private ClusterConnections _connections = null!;
    private StepBench _bench = null!;

    public async Task InitializeAsync()
    {
        _cluster = await FakeCluster.StartAsync();
        _site = new FakeLedgerSite(_cluster.Objects);
        _connections = new ClusterConnections(TimeProvider.System);
        _bench = new StepBench(_cluster.KubeconfigPath);
    }

    public async Task DisposeAsync()
    {
        _connections.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Execute_HealthySite_ProvesTheFenceWithItsFacts()
    {
        var (step, context, intent) = await PreparedAsync();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        var facts = string.Join('\n', done.Outputs["facts"]!.AsArray());
        facts.Should().Contain("statefulset/ledger-store (").And.Contain("is held at 0 by dro-fence with the mark dro-7-fence-1")
            .And.Contain("on primary-node-1 has ended: container main with exit code 143")
            .And.Contain("node primary-node-1 is Ready and has been heard since")
            .And.Contain("no other pod mounts the claim data-ledger-store-0");
        done.Outputs["pods"]!.AsArray().Should().HaveCount(3);
        done.Outputs["replicasBefore"]!["deployment/ledger-api"]!.GetValue<int>().Should().Be(2);
        _cluster.Objects.Under(FakeLedgerSite.Pods).Should().BeEmpty();
        (await step.ProveAsync(_bench.Estate, intent, default)).Proved.Should().BeTrue();
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
    }

    [Fact]
    public async Task Execute_Finalizers_AreThereBeforeAnythingIsScaled()
    {
        var (step, context, intent) = await PreparedAsync();

        await step.ExecuteAsync(context, intent, default);

        _cluster.Mutations.Take(3).Should().OnlyContain(r => r.Path.StartsWith(FakeLedgerSite.Pods, StringComparison.Ordinal));
        _cluster.Mutations.Skip(3).Take(2).Select(r => r.Path).Should().Equal(FakeLedgerSite.Store, FakeLedgerSite.Api);
    }

    [Fact]
    public async Task Execute_PodIgnoresSigterm_IsNotProvedButHeld()
    {
        _site.IgnoreSigterm = true;
        var (step, context, intent) = await PreparedAsync(2);

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().StartWith("the fence of primary is not proved: ").And.Contain("pod ledger-store-0 (").And.Contain("was asked to end but container main is running");
        _cluster.Objects.Find(FakeLedgerSite.Store)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
        (await step.ProveAsync(_bench.Estate, intent, default)).Proved.Should().BeFalse();
    }

    [Fact]
    public async Task Execute_NodeNotReady_NamesTheNodeThatCannotConfirm()
    {
        _site.NodeNotReady = true;
        var (step, context, intent) = await PreparedAsync(2);

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("node primary-node-1 is NotReady (Ready=Unknown): its kubelet cannot confirm that pod ledger-store-0 (").And.Contain(") has ended");
    }

    [Fact]
    public async Task Execute_NodeReadyButSilent_IsNotProved()
    {
        var (step, context, intent) = await PreparedAsync(2);
        _site.HeartbeatsStop = true;

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("has ended, and node primary-node-1 has not been heard since");
    }

    [Fact]
    public async Task Execute_TakenOverThroughScale_IsNotProvedAndSaysByWhom()
    {
        _site.IgnoreSigterm = true;
        var (step, context, intent) = await PreparedAsync(10);
        AtFirstApply(o => o.SetReplicas(o.Find(FakeLedgerSite.Store)!, 1, "hpa", "Update", "scale"));

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("statefulset/ledger-store asks for 1 replicas: spec.replicas was taken over by hpa (Update through /scale)")
            .And.Contain("spec.replicas of statefulset/ledger-store is not owned by dro-fence any more");
    }

    [Fact]
    public async Task Prove_TakenOverAfterTheProof_DoesNotHoldAnyMore()
    {
        var (step, context, intent) = await PreparedAsync();
        await step.ExecuteAsync(context, intent, default);
        _cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Store)!, 0, "argocd", "Update"));

        var proof = await step.ProveAsync(_bench.Estate, intent, default);

        proof.Proved.Should().BeFalse();
        proof.Missing.Should().Equal("spec.replicas of statefulset/ledger-store is also owned by argocd (Update)");
    }

    [Fact]
    public async Task Execute_PodDeletedByForce_IsNotProved()
    {
        _site.IgnoreSigterm = true;
        var (step, context, intent) = await PreparedAsync(10);
        AtFirstApply(o =>
        {
            var metadata = o.Find(FakeLedgerSite.Pods + "/ledger-store-0")!["metadata"]!;
            metadata["deletionTimestamp"] = "2026-11-22T10:00:00Z";
            metadata["deletionGracePeriodSeconds"] = 0;
        });

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("was deleted by force (grace period 0) while container main is running: its process may live on");
    }

    [Fact]
    public async Task Execute_PodGoneBeforeItCouldBeHeld_IsNotProvedNowNorAtTheNextAttempt()
    {
        var (step, context, intent) = await PreparedAsync(10);
        _cluster.Objects.Remove(FakeLedgerSite.Pods + "/ledger-store-0");
        var uid = intent["workloads"]![0]!["pods"]![0]!["uid"]!.GetValue<string>();

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;
        failed.Reason.Should().Contain($"pod ledger-store-0 ({uid}) is gone without its end having been seen");

        _bench.Intents["fence"] = intent;
        var again = _bench.Context("k8s.fence", With, "fence", attempt: 2, timeoutSeconds: 10);
        var second = await step.PrepareAsync(again, default);
        (await step.ExecuteAsync(again, second, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain(uid);
        second["workloads"]![1]!["replicasBefore"]!.GetValue<int>().Should().Be(2);
    }

    [Fact]
    public async Task Execute_NoPodsAlthoughAskedFor_SilenceIsNoProof()
    {
        foreach (var (path, _) in _cluster.Objects.Under(FakeLedgerSite.Pods))
        {
            _cluster.Objects.Remove(path);
        }

        _cluster.Objects.World = null;
        var (step, context, intent) = await PreparedAsync(5);

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("statefulset/ledger-store asked for 1 pods but had none when the fence began: whether an earlier one still runs cannot be seen");
    }

    [Fact]
    public async Task Execute_AnotherPodOnTheVolume_IsNotProved()
    {
        _site.AddPod("backup", "backup-1", "data-ledger-store-0");
        var (step, context, intent) = await PreparedAsync(3);

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("pod backup-1 (").And.Contain("mounts the claim data-ledger-store-0 too");
    }

    [Fact]
    public async Task Execute_ContainerStartsAgainAfterItsCrash_WaitsForItsRealEnd()
    {
        // Terminated by a crash, deletion not yet heard by the kubelet: it will start the container once more.
        var (step, context, intent) = await PreparedAsync();
        var world = _cluster.Objects.World!;
        var looks = 0;
        var pod = _cluster.Objects.Find(FakeLedgerSite.Pods + "/ledger-store-0")!;
        _cluster.Objects.World = o =>
        {
            world(o);
            if (pod["metadata"]!["deletionTimestamp"] is not null && ++looks == 6)
            {
                var status = pod["status"]!["containerStatuses"]![0]!.AsObject();
                status["restartCount"] = 1;
                status["state"] = new JsonObject { ["running"] = new JsonObject() };
            }
        };

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs["pods"]!.AsArray().Should().HaveCount(3);
        looks.Should().BeGreaterThan(6);
    }

    [Fact]
    public async Task Undo_AfterTheFence_RestoresReplicasAndOwnsNothing()
    {
        var (step, context, intent) = await PreparedAsync();
        await step.ExecuteAsync(context, intent, default);

        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();

        var api = _cluster.Objects.Find(FakeLedgerSite.Api)!;
        api["spec"]!["replicas"]!.GetValue<int>().Should().Be(2);
        api["metadata"]!["annotations"]![Annotations.Marker]!.ToString().Should().Be("dro-7-fence-1-undo");
        api["metadata"]!["annotations"]![Annotations.Fence]!.ToString().Should().Be("lifted");
        api["metadata"]!["managedFields"]!.ToJsonString().Should().NotContain("dro-fence");
        (await step.ProveAsync(_bench.Estate, intent, default)).Proved.Should().BeFalse();
        _cluster.Mutations.Count(r => r.Path == FakeLedgerSite.Api && r.Body!.Contains("-undo", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task Undo_OfAnUnprovedFence_LetsThePodsGo()
    {
        _site.IgnoreSigterm = true;
        var (step, context, intent) = await PreparedAsync(2);
        await step.ExecuteAsync(context, intent, default);

        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();

        _cluster.Objects.Under(FakeLedgerSite.Pods).Should().NotBeEmpty().And.OnlyContain(p => p.Object["metadata"]!["finalizers"] == null || p.Object["metadata"]!["finalizers"]!.AsArray().Count == 0);
    }

    [Fact]
    public async Task Execute_ChangedSincePrepared_FailsWithoutScaling()
    {
        var (step, context, intent) = await PreparedAsync(5);
        _cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Store)!, 3, "kubectl", "Update"));

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Contain("statefulset/ledger-store was changed since it was prepared (generation 1 -> 2, it asks for 3 replicas now)");
        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        _cluster.Objects.Find(FakeLedgerSite.Store)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_KilledAtEachWrite_GoesOnAndRepeatsNothing(bool landed)
    {
        for (var k = 1; ; k++)
        {
            await DisposeAsync();
            await InitializeAsync();
            var (step, context, intent) = await PreparedAsync();
            var dying = new DyingProcess(k, landed);
            using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
            {
                try
                {
                    await new K8sFenceStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
                }
                catch (OperationCanceledException) when (dying.HasDied)
                {
                }
            }

            var observed = await step.ObserveAsync(context, intent, default);
            if (observed.Answer != ObservedAnswer.Happened)
            {
                observed.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore, "write {0}: {1}", k, observed.Detail);
                (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>("write {0}", k);
            }

            // 3 finalizers, 2 applies, 2 records, 3 releases.
            _cluster.Mutations.Should().HaveCount(10, "killed at write {0}", k);
            _cluster.Mutations.Select(Effect).Should().OnlyHaveUniqueItems("killed at write {0}", k);
            if (!dying.HasDied)
            {
                k.Should().Be(11);
                break;
            }
        }
    }

    private static string Effect(FakeRequest request)
    {
        var body = JsonNode.Parse(request.Body!)!;
        body["metadata"]!.AsObject().Remove("resourceVersion");
        return $"{request.Method} {request.Path} {body.ToJsonString()}";
    }

    private void AtFirstApply(Action<FakeObjects> change)
    {
        var world = _cluster.Objects.World!;
        var done = false;
        _cluster.Objects.World = o =>
        {
            world(o);
            if (!done && o.Find(FakeLedgerSite.Api)!["spec"]!["replicas"]!.GetValue<int>() == 0)
            {
                done = true;
                change(o);
            }
        };
    }

    private async Task<(K8sFenceStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(int timeoutSeconds = 20)
    {
        var step = new K8sFenceStep(_connections, TimeProvider.System);
        var context = _bench.Context("k8s.fence", With, "fence", timeoutSeconds: timeoutSeconds);
        var intent = await step.PrepareAsync(context, default);
        _cluster.Mutations.Should().BeEmpty();
        return (step, context, JsonNode.Parse(intent.ToJsonString())!.AsObject());
    }
}
