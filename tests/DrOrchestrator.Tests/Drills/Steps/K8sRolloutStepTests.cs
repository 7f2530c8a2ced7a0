using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class K8sRolloutStepTests : ClusterFixture
{
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
        var step = new K8sRolloutStep(Connections, TimeProvider.System);

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
        var step = new K8sRolloutStep(Connections, TimeProvider.System);

        var failed = (await step.ExecuteAsync(Bench.Context("k8s.rollout", With, timeoutSeconds: 1), [], default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().EndWith(reason);
    }
}
