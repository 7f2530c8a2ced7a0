using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Workloads;

public sealed class K8sRolloutStepTests : ClusterFixture
{
    private const string OfStore = """{"namespace":"ledger","workload":"statefulset/ledger-store"}""";

    private const string With = """{"namespace":"ledger","workload":"deployment/ledger-api"}""";

    [Fact]
    public async Task Execute_Ready_IsDone()
    {
        var step = new K8sRolloutStep(Connections, TimeProvider.System);

        (await step.ExecuteAsync(Bench.Context("k8s.rollout", With), [], default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs["replicas"]!.GetValue<int>().Should().Be(2);
    }

    [Fact]
    public async Task Execute_NotReadyInTime_NamesWhatThePodsWaitFor()
    {
        Cluster.Objects.World = null;
        Cluster.Objects.Find(FakeLedgerSite.Api)!["status"]!["readyReplicas"] = 1;
        Cluster.Objects.Find(FakeLedgerSite.Pods + "/ledger-api-1")!["status"]!["containerStatuses"]![0]!["state"] =
            new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff", ["message"] = "back-off 10s" } };
        var step = new K8sRolloutStep(Connections, new WaitedTime());

        var failed = (await step.ExecuteAsync(Bench.Context("k8s.rollout", With, timeoutSeconds: 1), [], default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Be(
            "deployment/ledger-api at primary is not ready after 1s: 1 of 2 replicas of deployment/ledger-api are ready; container main of pod ledger-api-1 waits: CrashLoopBackOff back-off 10s");
    }

    [Theory]
    [InlineData("observedGeneration", 0, "the controller has not seen the change of deployment/ledger-api yet")]
    [InlineData("updatedReplicas", 1, "1 of 2 replicas of deployment/ledger-api are updated")]
    [InlineData("replicas", 3, "1 old replicas of deployment/ledger-api are still there")]
    [InlineData("availableReplicas", 0, "0 of 2 replicas of deployment/ledger-api are available")]
    public async Task Execute_EachRuleOfKubectl_IsWaitedFor(string field, int value, string reason)
    {
        Cluster.Objects.World = null;
        Cluster.Objects.Find(FakeLedgerSite.Api)!["status"]![field] = value;
        var step = new K8sRolloutStep(Connections, new WaitedTime());

        var failed = (await step.ExecuteAsync(Bench.Context("k8s.rollout", With, timeoutSeconds: 1), [], default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().EndWith(reason);
    }

    [Fact]
    public async Task Execute_QuotaRefusesPodsOfADeployment_SaysWhatTheControllerSays()
    {
        Status(FakeLedgerSite.Api)["readyReplicas"] = 1;
        Status(FakeLedgerSite.Api)["conditions"] = new JsonArray(Condition("ReplicaFailure", "True", "FailedCreate", "pods is forbidden: exceeded quota: q"));

        (await FailAsync(With)).Should().EndWith("1 of 2 replicas of deployment/ledger-api are ready; no more pods can be made: pods is forbidden: exceeded quota: q");
    }

    [Fact]
    public async Task Execute_QuotaRefusesPodsOfAStatefulSet_SaysWhatItsEventsSay()
    {
        Status(FakeLedgerSite.Store)["replicas"] = 0;
        Status(FakeLedgerSite.Store)["readyReplicas"] = 0;
        foreach (var (name, at) in (ReadOnlySpan<(string, string)>)[("newer", "2026-11-22T10:00:05Z"), ("older", "2026-11-22T10:00:01Z")])
        {
            Cluster.Objects.Put($"/api/v1/namespaces/ledger/events/{name}", new JsonObject { ["reason"] = "FailedCreate", ["message"] = $"exceeded quota: {name}", ["lastTimestamp"] = at, ["involvedObject"] = new JsonObject() });
        }

        (await FailAsync(OfStore)).Should().Contain("; no more pods can be made: exceeded quota: newer");
    }

    [Fact]
    public async Task Execute_ContainerThatCrashes_SaysHowItEndedLast()
    {
        Status(FakeLedgerSite.Api)["readyReplicas"] = 1;
        var container = Status(FakeLedgerSite.Pods + "/ledger-api-1")["containerStatuses"]![0]!;
        container["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff" } };
        container["lastState"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 137, ["reason"] = "OOMKilled" } };

        (await FailAsync(With)).Should().EndWith("waits: CrashLoopBackOff; container main of pod ledger-api-1 ended last with exit code 137 (OOMKilled)");
    }

    [Fact]
    public async Task Execute_ControllerGivesUpMeanwhile_FailsWithoutWaitingOn()
    {
        Status(FakeLedgerSite.Api)["readyReplicas"] = 1;
        var looks = 0;
        Cluster.Objects.World = _ => GivenUp(at: ++looks > 2 ? "2026-11-22T10:00:30Z" : "2026-11-22T09:00:00Z");
        var step = new K8sRolloutStep(Connections, TimeProvider.System);

        // An hour is not waited for.
        var failed = (await step.ExecuteAsync(Bench.Context("k8s.rollout", With, timeoutSeconds: 3600), [], default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Be("the controller at primary has given the rollout of deployment/ledger-api up (progressDeadlineSeconds): 1 of 2 replicas of deployment/ledger-api are ready");
    }

    [Fact]
    public async Task Execute_ControllerGaveUpBefore_StillWaits()
    {
        Status(FakeLedgerSite.Api)["readyReplicas"] = 1;
        GivenUp(at: "2026-11-22T09:00:00Z");

        (await FailAsync(With)).Should().StartWith("deployment/ledger-api at primary is not ready after 1s: ");
    }

    [Theory]
    [InlineData("""{"type":"RollingUpdate","rollingUpdate":{"partition":1}}""")]
    [InlineData("""{"type":"OnDelete"}""")]
    public async Task Execute_StatefulSetThatKeepsOldPodsOnPurpose_IsNotWaitedForForEver(string strategy)
    {
        var store = Cluster.Objects.Find(FakeLedgerSite.Store)!;
        store["spec"]!["updateStrategy"] = JsonNode.Parse(strategy);
        Status(FakeLedgerSite.Store)["updateRevision"] = "new";
        Status(FakeLedgerSite.Store)["currentRevision"] = "old";
        Status(FakeLedgerSite.Store).Remove("updatedReplicas");
        var step = new K8sRolloutStep(Connections, TimeProvider.System);

        (await step.ExecuteAsync(Bench.Context("k8s.rollout", OfStore, timeoutSeconds: 1), [], default)).Should().BeOfType<StepOutcome.Done>();
    }

    private async Task<string> FailAsync(string with) =>
        (await new K8sRolloutStep(Connections, new WaitedTime()).ExecuteAsync(Bench.Context("k8s.rollout", with, timeoutSeconds: 1), [], default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason;

    /// <summary>Of an object that nothing changes any more.</summary>
    private JsonObject Status(string path)
    {
        Cluster.Objects.World = null;
        return Cluster.Objects.Find(path)!["status"]!.AsObject();
    }

    private void GivenUp(string at)
    {
        var condition = Condition("Progressing", "False", "ProgressDeadlineExceeded", "ReplicaSet has timed out progressing.");
        condition["lastUpdateTime"] = at;
        Cluster.Objects.Find(FakeLedgerSite.Api)!["status"]!["conditions"] = new JsonArray(condition);
    }

    private static JsonObject Condition(string type, string status, string reason, string message) => new() { ["type"] = type, ["status"] = status, ["reason"] = reason, ["message"] = message };
}
