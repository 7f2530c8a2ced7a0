using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Workloads;

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
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1, new WaitedTime());
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

        (await step.ObserveAsync(context, intent, default)).Should().Match<Observation>(seen => seen.Answer == (landed ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore) && seen.OnlyByRepeating == !landed);
        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle();
    }

    [Fact]
    public async Task LateWrite_OfADeadProcess_IsExcludedByRepeatingAndByNothingElse()
    {
        var (step, context, intent) = await PreparedAsync();
        string? late = null;
        Cluster.Intercept = (request, body) =>
        {
            late = request.Method == "PATCH" ? body : late;
            return request.Method == "PATCH" ? FakeObjects.Status(504, "Timeout", "no answer") : null;
        };
        using var dead = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var act = () => step.ExecuteAsync(context, intent, dead.Token);
        await act.Should().ThrowAsync<OperationCanceledException>();
        Cluster.Intercept = null;

        // What the dead process has sent may land now: nobody may call it failed.
        (await step.ObserveAsync(context, intent, default)).Should().BeEquivalentTo(
            new Observation(ObservedAnswer.CannotHappenAnyMore, "deployment/ledger-api does not carry dro-7-s-1; a late request would meet the same resourceVersion", OnlyByRepeating: true));
        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Done>();

        late.Should().NotBeNull();
        Cluster.Objects.Answer("PATCH", FakeLedgerSite.Api, null, "application/apply-patch+yaml", "dro-scale", late!).Status.Should().Be(409);
    }

    [Theory]
    [InlineData(null, ObservedAnswer.CannotHappenAnyMore, "deployment/ledger-api does not carry dro-7-s-1 and was changed since: a late request would meet another resourceVersion")]
    [InlineData("dro-8-s-1", ObservedAnswer.CannotTell, "deployment/ledger-api carries the mark dro-8-s-1 by now: whether it carried dro-7-s-1 before, nobody can tell")]
    public async Task Observe_ChangedSince_TellsOnlyWhatTheMarkShows(string? mark, ObservedAnswer answer, string detail)
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 9, "kubectl", "Update"));
        Mark(mark);

        (await step.ObserveAsync(context, intent, default)).Should().BeEquivalentTo(new Observation(answer, detail));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("dro-8-s-1", false)]
    public async Task Execute_ChangedBehindARequestThatGotNoAnswer_IsFailedOnlyWhereTheMarkShowsIt(string? mark, bool failed)
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method != "PATCH")
            {
                return null;
            }

            Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 9, "kubectl", "Update"));
            Mark(mark);
            return FakeObjects.Status(504, "Timeout", "no answer");
        };

        var outcome = await step.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType(failed ? typeof(StepOutcome.Failed) : typeof(StepOutcome.Unknown));
        (outcome is StepOutcome.Unknown unknown ? unknown.Reason : ((StepOutcome.Failed)outcome).Reason).Should().Contain("was changed since it was prepared (generation 1 -> 2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_GoneOrReplacedBehindARequestThatGotNoAnswer_IsUnknown(bool replaced)
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method != "PATCH")
            {
                return null;
            }

            Cluster.Objects.World = null;
            var was = Cluster.Objects.Find(FakeLedgerSite.Api)!.DeepClone().AsObject();
            Cluster.Objects.Remove(FakeLedgerSite.Api);
            if (replaced)
            {
                was["metadata"]!.AsObject().Remove("uid");
                Cluster.Objects.Put(FakeLedgerSite.Api, was);
            }

            return FakeObjects.Status(504, "Timeout", "no answer");
        };

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>()
            .Which.Reason.Should().StartWith("whether deployment/ledger-api was changed is not known: " + (replaced ? "deployment/ledger-api was replaced since it was prepared" : "404"));
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.CannotTell);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_TooManyRequestsUntilTheEnd_SurelyDidNothingUnlessAnEarlierRequestMay(bool repeats)
    {
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1, new WaitedTime());
        Cluster.Intercept = (request, _) => request.Method == "PATCH" ? FakeObjects.Status(429, "TooManyRequests", "Too many requests, please try again later.") : null;

        var outcome = await step.ExecuteAsync(context with { Repeats = repeats }, intent, default);

        outcome.Should().BeOfType(repeats ? typeof(StepOutcome.Unknown) : typeof(StepOutcome.Failed));
        Cluster.Requests.Count(request => request.Status == 429).Should().BeGreaterThan(1, "it may do better the next time");
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
    [InlineData("""{"namespace":"ledger","workload":"deployment/x","replicas":1}""", "deployment/x at primary cannot be read: 404 deployments.apps \"x\" not found")]
    public async Task Prepare_WhatCannotBeMeant_SaysWhy(string with, string message)
    {
        var step = new K8sScaleStep(Connections, TimeProvider.System);

        var act = () => step.PrepareAsync(Bench.Context("k8s.scale", with), default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage(message);
    }

    private void Mark(string? mark)
    {
        if (mark is not null)
        {
            Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { [Annotations.Marker] = mark };
        }
    }

    private async Task<(K8sScaleStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(int timeoutSeconds = 10, TimeProvider? time = null)
    {
        var step = new K8sScaleStep(Connections, time ?? TimeProvider.System);
        var context = Bench.Context("k8s.scale", With, timeoutSeconds: timeoutSeconds);
        return (step, context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
