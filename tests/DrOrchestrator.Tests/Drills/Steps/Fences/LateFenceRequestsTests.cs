using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Tests.Drills.Steps.Fences;

/// <summary>Requests of a fence, and of its lifting, that got no answer and may still land: nothing is called failed while they may, and what lands late after the undo meets nothing.</summary>
public sealed class LateFenceRequestsTests : ClusterFixture
{
    private const string FenceWith = """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""";
    private const string UnfenceWith = """{"namespace":"ledger","fence":"fence","rejoined-by":"rejoin","workloads":{"statefulset/ledger-store":1,"deployment/ledger-api":0}}""";
    private const string StorePod = FakeLedgerSite.Pods + "/ledger-store-0";

    private readonly List<LateRequest> _onTheWay = [];

    [Fact]
    public async Task Undo_RequestToHoldAPodGotNoAnswer_HoldsNothingWhenItLands()
    {
        var (step, context, intent) = await PreparedFenceAsync(2);
        Lose(StorePod);
        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;
        Answer();

        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();

        failed.Reason.Should().Be("the fence of primary is not proved: pod ledger-store-0 cannot be kept from vanishing unseen; the API of primary answers: 504 late");
        Land().Should().NotBeEmpty().And.OnlyContain(status => status == StatusCodes.Status409Conflict);
        var pods = Cluster.Objects.Under(FakeLedgerSite.Pods);
        pods.Should().HaveCount(3).And.OnlyContain(pod => ((pod.Object["metadata"]!["finalizers"] as JsonArray) ?? new JsonArray()).Count == 0);
    }

    /// <summary>Asked again, the undo writes nothing more; a pod that is ending takes no finalizer any more and is left as it is.</summary>
    [Fact]
    public async Task Undo_AskedAgain_WritesNothingMore()
    {
        var (step, context, intent) = await PreparedFenceAsync(2);
        Lose(StorePod);
        await step.ExecuteAsync(context, intent, default);
        Answer();
        Cluster.Objects.Change(objects =>
        {
            var ending = objects.Find(FakeLedgerSite.Pods + "/ledger-api-1")!["metadata"]!;
            (ending["deletionTimestamp"], ending["deletionGracePeriodSeconds"], ending["finalizers"]) = ("2026-11-22T10:00:00Z", 30, new JsonArray("example.org/other"));
        });

        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        var written = Cluster.Mutations.Count();
        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().HaveCount(written);
        Cluster.Mutations.Should().Contain(request => request.Path == StorePod).And.NotContain(request => request.Path.EndsWith("ledger-api-1", StringComparison.Ordinal) && request.Body!.Contains("-undo", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Undo_APodCannotBeWritten_SaysThatALateRequestMayStillHoldIt()
    {
        var (step, context, intent) = await PreparedFenceAsync(2);
        Lose(StorePod);
        await step.ExecuteAsync(context, intent, default);
        Cluster.Intercept = (request, _) => request.Method == "PATCH" && request.Path == StorePod ? FakeObjects.Status(409, "Conflict", "busy") : null;

        var done = (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs[Rollback.Left]!.ToString().Should().Be("a late request may still hold pod ledger-store-0");
    }

    /// <summary>An admission policy that forbids it keeps nothing else from being taken back, and no time; an admission webhook that is down may come back within the step's.</summary>
    [Theory]
    [InlineData(403, 600)]
    [InlineData(400, 600)]
    [InlineData(422, 600)]
    [InlineData(500, 3)]
    public async Task Undo_PodsMayNotBeWritten_IsDoneAndSaysWhatToLookAt(int status, int timeoutSeconds)
    {
        var (step, context, intent) = await PreparedFenceAsync(timeoutSeconds);
        Cluster.Intercept = (request, _) => request.Method == "PATCH" && request.Path.StartsWithSegments(FakeLedgerSite.Pods) ? FakeObjects.Status(status, "Denied", "policy") : null;

        var done = (await step.UndoAsync(context, intent, null, default).WaitAsync(TimeSpan.FromSeconds(60))).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs[Rollback.Left]!.ToString().Should().Contain($"pod ledger-store-0 could not be marked ({status} policy): a late request of this fence may still hold it. See that it carries no finalizer ");
    }

    [Fact]
    public async Task Undo_RequestToHoldAWorkloadGotNoAnswer_HoldsNothingWhenItLands()
    {
        var (step, context, intent) = await PreparedFenceAsync(2);
        Lose(FakeLedgerSite.Store);
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>();
        Answer();

        (await step.UndoAsync(Longer(context) with { Repeats = true }, intent, null, default)).Should().BeOfType<StepOutcome.Done>();

        Land().Should().NotBeEmpty().And.OnlyContain(status => status == StatusCodes.Status409Conflict);
        Cluster.Objects.Find(FakeLedgerSite.Store)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(1);
    }

    /// <summary>A person put the old database down; that the API was busy for a moment makes it none of the fence's.</summary>
    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Undo_ScaledByAPersonAndReadsFailForAMoment_GivesNoReplicas(int status)
    {
        var (step, context, intent) = await PreparedFenceAsync(20);
        Cluster.Objects.Change(objects => objects.SetReplicas(objects.Find(FakeLedgerSite.Store)!, 0, "kubectl", "Update", "scale"));
        foreach (var first in Enumerable.Range(1, 3))
        {
            // Each read is asked three times before it fails.
            var (reads, failing) = (0, Enumerable.Range(first, 3));
            Cluster.Intercept = (request, _) =>
                request.Method == "GET" && request.Path == FakeLedgerSite.Store && failing.Contains(Interlocked.Increment(ref reads)) ? FakeObjects.Status(status, "Busy", "busy") : null;

            (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>("the {0}. read of the workload failed", first);

            reads.Should().BeGreaterThan(failing.Last(), "it is looked at again");
        }

        Cluster.Requests.Should().NotContain(request => request.Method == "PATCH" && request.Body!.Contains("\"replicas\"", StringComparison.Ordinal));
        Cluster.Objects.Find(FakeLedgerSite.Store)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
    }

    /// <summary>Refused before it touched anything, as another run's fence stands there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Undo_HeldByAnotherRun_LeavesThatFenceAsItIsAndSaysSo(bool repeats)
    {
        var (step, context, intent) = await PreparedFenceAsync(20);
        Hold(FakeLedgerSite.Api, "dro-6-fence-1");
        var before = Meant(FakeLedgerSite.Api);

        var done = (await step.UndoAsync(context with { Repeats = repeats }, intent, null, default)).Should().BeOfType<StepOutcome.Done>().Which;

        Meant(FakeLedgerSite.Api).Should().Be(before);
        done.Outputs[Rollback.Left]!.ToString().Should().Be("deployment/ledger-api was left as it is (0 replicas): it carries no mark of this run, so what stands there is not of its doing");
    }

    /// <summary>What was never held stands in front of what is, and the admission webhook of its kind is down.</summary>
    [Fact]
    public async Task Undo_WhatWasNeverHeldCannotBeWritten_PutsBackWhatIsHeldAndSaysWhatToLookAt()
    {
        var step = new K8sFenceStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.fence", """{"namespace":"ledger","workloads":["deployment/ledger-api","statefulset/ledger-store"]}""", "fence", timeoutSeconds: 4);
        var intent = await step.PrepareAsync(context, default);
        Hold(FakeLedgerSite.Store, "dro-7-fence-1");
        Cluster.Intercept = (request, _) => request.Method == "PATCH" && request.Path == FakeLedgerSite.Api ? FakeObjects.Status(500, "InternalError", "failed calling webhook") : null;

        var done = (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>().Which;

        Cluster.Objects.Find(FakeLedgerSite.Store)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(1);
        done.Outputs[Rollback.Left]!.ToString().Should().Be(
            "deployment/ledger-api could not be marked (500 failed calling webhook): a late request of this fence may still hold it at 0. See that it asks for the replicas it should");
    }

    /// <summary>Held by an earlier attempt of this fence, or again by what undid its lifting: all of that is of this run.</summary>
    [Theory]
    [InlineData("dro-7-fence-1")]
    [InlineData("dro-7-unfence-1-undo")]
    public async Task Undo_HeldByThisRun_PutsReplicasBack(string mark)
    {
        var (step, context, intent) = await PreparedFenceAsync(20);
        Hold(FakeLedgerSite.Api, mark);

        (await step.UndoAsync(context with { Attempt = 2 }, intent, null, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();

        var api = Cluster.Objects.Find(FakeLedgerSite.Api)!;
        api["spec"]!["replicas"]!.GetValue<int>().Should().Be(2);
        api["metadata"]!["annotations"]![Annotations.Fence]!.ToString().Should().Be("lifted");
    }

    /// <summary>The owner died behind its request; the next one may not even write the pods.</summary>
    [Theory]
    [InlineData(false, typeof(StepOutcome.Failed))]
    [InlineData(true, typeof(StepOutcome.Unknown))]
    public async Task Fence_RefusedBeforeTheHold_IsUnknownWhereItIsRepeated(bool repeats, Type ends)
    {
        var (step, context, intent) = await PreparedFenceAsync(20);
        Cluster.Intercept = (request, _) => request.Method == "PATCH" ? FakeObjects.Status(403, "Forbidden", "policy") : null;

        (await step.ExecuteAsync(context with { Repeats = repeats }, intent, default)).Should().BeOfType(ends);
    }

    [Fact]
    public async Task Fence_RequestToHoldAWorkloadGotNoAnswer_IsUnknownAndGoesOnOnceItHasLanded()
    {
        var (step, context, intent) = await PreparedFenceAsync(2);
        Lose(FakeLedgerSite.Store);

        var unknown = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which;
        var seen = await step.ObserveAsync(context, intent, default);
        Answer();
        Land();

        unknown.Reason.Should().Be("the fence of primary is not proved: whether statefulset/ledger-store was changed is not known: 504 late");
        (seen.Answer, seen.OnlyByRepeating).Should().Be((ObservedAnswer.CannotHappenAnyMore, true));
        (await step.ExecuteAsync(Longer(context) with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Done>();
        Cluster.Mutations.Should().NotContain(request => request.Path == FakeLedgerSite.Store && request.Body!.Contains("\"replicas\"", StringComparison.Ordinal), "the late one has done it");
    }

    /// <summary>The late one may have been carried out on the object that is gone: nobody can tell.</summary>
    [Fact]
    public async Task Fence_WorkloadReplacedBehindAnUnansweredRequest_IsUnknown()
    {
        var (step, context, intent) = await PreparedFenceAsync(5);
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method != "PATCH" || request.Path != FakeLedgerSite.Store)
            {
                return null;
            }

            Cluster.Objects.Find(FakeLedgerSite.Store)!["metadata"]!["uid"] = "another";
            return FakeObjects.Status(504, "Timeout", "late");
        };

        var unknown = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which;

        unknown.Reason.Should().Match("the fence of primary is not proved: whether statefulset/ledger-store was changed is not known: statefulset/ledger-store was replaced since it was prepared (uid * -> another)");
    }

    [Fact]
    public async Task FenceUndo_RequestToGiveReplicasGotNoAnswer_IsUnknown()
    {
        var (step, context, intent) = await PreparedFenceAsync(20);
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        Lose(FakeLedgerSite.Api);

        var unknown = (await step.UndoAsync(context with { Step = context.Step with { Timeout = TimeSpan.FromSeconds(2) } }, intent, null, default)).Should().BeOfType<StepOutcome.Unknown>().Which;

        unknown.Reason.Should().Be("whether deployment/ledger-api was changed is not known: 504 late");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unfence_RequestGotNoAnswer_IsUnknownAndFoundOnceItHasLanded(bool undo)
    {
        var (step, context, intent) = await PreparedUnfenceAsync(2);
        if (undo)
        {
            (await step.ExecuteAsync(Longer(context), intent, default)).Should().BeOfType<StepOutcome.Done>();
        }

        Lose(FakeLedgerSite.Store);
        var outcome = undo ? await step.UndoAsync(context, intent, null, default) : await step.ExecuteAsync(context, intent, default);
        Answer();
        Land();

        outcome.Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be("whether statefulset/ledger-store was changed is not known: 504 late");
        var written = Cluster.Mutations.Count(request => request.Path == FakeLedgerSite.Store);
        var repeated = Longer(context) with { Repeats = true };
        (undo ? await step.UndoAsync(repeated, intent, null, default) : await step.ExecuteAsync(repeated, intent, default)).Should().BeOfType<StepOutcome.Done>();
        Cluster.Mutations.Count(request => request.Path == FakeLedgerSite.Store).Should().Be(written, "the late one has done it");
    }

    /// <summary>What stands against it now says nothing of a request that an earlier owner has sent.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Unfence_RepeatedWhereItMayNotBeSentNow_IsUnknownAndNeverFailed(bool repeats, bool readable)
    {
        var (step, context, intent) = await PreparedUnfenceAsync(20);
        Cluster.Objects.Put(
            FakeLedgerSite.Jobs + "/dro-7-promote-1",
            JsonNode.Parse("""{"apiVersion":"batch/v1","kind":"Job","metadata":{"annotations":{"drorchestrator.io/marker":"dro-7-promote-1"}},"spec":{"template":{"spec":{"containers":[]}}}}""")!.AsObject());
        Cluster.Intercept = (request, _) => !readable && request.Path == FakeLedgerSite.Jobs ? FakeObjects.Status(403, "Forbidden", "may not") : null;

        var outcome = await step.ExecuteAsync(context with { Repeats = repeats }, intent, default);

        var reason = readable ? "the fence cannot be lifted while Job dro-7-promote-1 is not finished: it could still promote" : "jobs in ledger at primary cannot be read: 403 may not";
        outcome.Should().Be(repeats ? new StepOutcome.Unknown(reason) : new StepOutcome.Failed(reason));
        Cluster.Objects.Find(FakeLedgerSite.Store)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
    }

    private static StepContext Longer(StepContext context) => context with { Step = context.Step with { Timeout = TimeSpan.FromSeconds(20) } };

    /// <summary>Patches of that object get no answer and are on their way until <see cref="Land"/>.</summary>
    private void Lose(string path) => Cluster.Intercept = (request, body) =>
    {
        if (request.Method != "PATCH" || request.Path != path)
        {
            return null;
        }

        _onTheWay.Add(new LateRequest(path, request.ContentType!, request.Query["fieldManager"], body!));
        return FakeObjects.Status(504, "Timeout", "late");
    };

    private void Answer() => Cluster.Intercept = null;

    /// <summary>Holds a workload as a fence with that mark does.</summary>
    private void Hold(string path, string mark) => Cluster.Objects.Change(objects =>
    {
        var workload = objects.Find(path)!;
        objects.SetReplicas(workload, 0, FieldOwners.Fence, "Apply");
        workload["metadata"]!["annotations"] = new JsonObject { [Annotations.Fence] = Annotations.FenceHeld, [Annotations.Marker] = mark };
    });

    /// <summary>All of a workload but what the world says of it.</summary>
    private string Meant(string path) => Cluster.Objects.Find(path)!["metadata"]!.ToJsonString() + Cluster.Objects.Find(path)!["spec"]!.ToJsonString();

    /// <summary>What they are told that nobody waits for any more.</summary>
    private IReadOnlyList<int> Land() => [.. _onTheWay.Select(late => Cluster.Objects.Answer("PATCH", late.Path, null, late.Type, late.Manager, late.Body).Status)];

    private async Task<(K8sFenceStep Step, StepContext Context, JsonObject Intent)> PreparedFenceAsync(int timeoutSeconds)
    {
        var step = new K8sFenceStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.fence", FenceWith, "fence", timeoutSeconds: timeoutSeconds);
        return (step, context, await step.PrepareAsync(context, default));
    }

    private async Task<(K8sUnfenceStep Step, StepContext Context, JsonObject Intent)> PreparedUnfenceAsync(int timeoutSeconds)
    {
        var (fence, fencing, fenced) = await PreparedFenceAsync(20);
        (await fence.ExecuteAsync(fencing, fenced, default)).Should().BeOfType<StepOutcome.Done>();
        Bench.Intents["fence"] = fenced;
        Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "standby" };
        var step = new K8sUnfenceStep(new FenceLift(Connections, TimeProvider.System));
        var context = Bench.Context("k8s.unfence", UnfenceWith, "unfence", timeoutSeconds: timeoutSeconds);
        return (step, context, await step.PrepareAsync(context, default));
    }

    private sealed record LateRequest(string Path, string Type, string? Manager, string Body);
}
