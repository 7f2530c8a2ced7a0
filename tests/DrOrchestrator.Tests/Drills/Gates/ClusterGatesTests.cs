using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class ClusterGatesTests : ClusterFixture
{
    private const string With = """{"site":"primary","namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""";

    [Fact]
    public async Task TargetsExist_OneMissing_OnlyThatOneDoesNotPass()
    {
        Cluster.Objects.Remove(FakeLedgerSite.Store);
        Cluster.Objects.World = null;

        var results = await new TargetsExistGate(Connections).CheckAsync(StepBench.Parameters(With), StepBench.Plan, Bench.Estate, default);

        results.Select(r => (r.Check, r.Passed)).Should().Equal(("targets-exist primary ledger/statefulset/ledger-store", false), ("targets-exist primary ledger/deployment/ledger-api", true));
        results[0].Value.Should().StartWith("404 ");
        results[0].Remedy.Should().Be("Deploy it there, or correct the name in the plan.");
        results[1].Value.Should().StartWith("there, 2 of 2 replicas ready (uid ");
    }

    [Fact]
    public async Task FenceProvable_NodeHeardAndNobodyElse_Passes()
    {
        var results = await FenceProvableAsync();

        results.Should().HaveCount(3).And.OnlyContain(r => r.Passed);
        results[^1].Check.Should().Be("fence-provable primary node primary-node-1");
        results[^1].Value.Should().StartWith("Ready=True, lease moved from 2026-11-22T10:");
    }

    [Fact]
    public async Task FenceProvable_NodeNotReady_DoesNotPass()
    {
        Site.NodeNotReady = true;

        var node = (await FenceProvableAsync())[^1];

        node.Passed.Should().BeFalse();
        node.Value.Should().StartWith("Ready=Unknown, lease ");
        node.Remedy.Should().StartWith("Bring the node back");
    }

    [Fact]
    public void FenceProvable_KubeletThatBeatsEveryTenSeconds_IsWaitedFor()
    {
        // The default of a kubelet. Asked for no longer than other gates, a healthy node would be called silent in most drills.
        IGateKind gate = new FenceProvableGate(Connections, TimeProvider.System);

        gate.Longest.Should().BeGreaterThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task FenceProvable_ManagerThatPutsReplicasBack_IsNamed()
    {
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 3, "argocd-controller", "Apply"));
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Store)!, 1, "kubectl", "Update"));

        var results = await FenceProvableAsync();

        results[0].Passed.Should().BeTrue();
        results[0].Value.Should().Be("spec.replicas is owned by kubectl (Update); no HorizontalPodAutoscaler");
        results[1].Passed.Should().BeFalse();
        results[1].Remedy.Should().Be("Suspend argocd-controller for this workload, or have it leave spec.replicas alone.");
    }

    [Fact]
    public async Task FenceProvable_Autoscaler_DoesNotPass()
    {
        Cluster.Objects.Put(
            "/apis/autoscaling/v2/namespaces/ledger/horizontalpodautoscalers/api",
            JsonNode.Parse("""{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","spec":{"maxReplicas":5,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"ledger-api"}}}""")!.AsObject());

        var results = await FenceProvableAsync();

        results[1].Passed.Should().BeFalse();
        results[1].Value.Should().Be("spec.replicas has no other owner; HorizontalPodAutoscaler api scales it");
    }

    [Fact]
    public async Task FenceProvable_AutoscalersUnreadable_IsSaid()
    {
        Cluster.Intercept = (request, _) => request.Path.Value!.Contains("autoscaling", StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "no") : null;

        var results = await FenceProvableAsync();

        results[0].Passed.Should().BeTrue();
        results[0].Value.Should().Be("spec.replicas has no other owner; autoscalers cannot be read (403)");
    }

    private Task<IReadOnlyList<DrOrchestrator.Drills.GateResult>> FenceProvableAsync() =>
        new FenceProvableGate(Connections, TimeProvider.System).CheckAsync(StepBench.Parameters(With), StepBench.Plan, Bench.Estate, default);
}
