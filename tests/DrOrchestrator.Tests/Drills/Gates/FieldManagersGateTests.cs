using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class FieldManagersGateTests : ClusterFixture
{
    private const string Scalers = "/apis/autoscaling/v2/namespaces/ledger/horizontalpodautoscalers";

    [Fact]
    public async Task Check_NothingElseThere_ReadsEachObjectAtThatMoment()
    {
        var results = await CheckAsync();

        results.Select(r => (r.Check, r.Passed)).Should().Equal(("field-managers primary ledger/deployment/ledger-api", true), ("field-managers primary ledger/statefulset/ledger-store", true));
        Cluster.Requests.Select(r => r.Path).Should().Contain([FakeLedgerSite.Api, FakeLedgerSite.Store, Scalers, "/apis/"]);
        Cluster.Requests.Should().OnlyContain(r => r.Method == "GET");
    }

    [Fact]
    public async Task Check_AutoscalerAndScaledObject_AreFound()
    {
        Cluster.Objects.Put(Scalers + "/api", Json("""{"spec":{"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"ledger-api"}}}"""));
        Cluster.Objects.Put("/apis/keda.sh", Json("""{"preferredVersion":{"groupVersion":"keda.sh/v1alpha1"}}"""));
        Cluster.Objects.Put("/apis/keda.sh/v1alpha1/namespaces/ledger/scaledobjects/store", Json("""{"spec":{"scaleTargetRef":{"kind":"StatefulSet","name":"ledger-store"}}}"""));

        var results = await CheckAsync();

        results.Where(r => !r.Passed).Select(r => r.Check).Should().Equal(
            "field-managers primary ledger/deployment/ledger-api by HorizontalPodAutoscaler/api", "field-managers primary ledger/statefulset/ledger-store by ScaledObject/store");
    }

    [Fact]
    public async Task Check_ApplicationAndSuspendedKustomization_AreRead()
    {
        Cluster.Objects.Put("/apis/argoproj.io", Json("""{"preferredVersion":{"groupVersion":"argoproj.io/v1alpha1"}}"""));
        Cluster.Objects.Put("/apis/argoproj.io/v1alpha1/applications/shop", Json("""{"spec":{"destination":{"namespace":"ledger"},"syncPolicy":{"automated":{}}}}"""));
        Cluster.Objects.Put("/apis/kustomize.toolkit.fluxcd.io", Json("""{"preferredVersion":{"groupVersion":"kustomize.toolkit.fluxcd.io/v1"}}"""));
        Cluster.Objects.Put("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps", Json("""{"spec":{"suspend":true}}"""));
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["metadata"]!["labels"] = new JsonObject { ["app.kubernetes.io/instance"] = "shop" });
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Store)!["metadata"]!["labels"] = new JsonObject { ["kustomize.toolkit.fluxcd.io/name"] = "apps", ["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system" });

        var results = await CheckAsync();

        results.Select(r => (r.Value, r.Passed)).Should().Equal(("Argo CD Application shop syncs it by itself", false), ("Flux Kustomization flux-system/apps is suspended", true));
    }

    [Theory]
    [InlineData("/apis/autoscaling", 403)]
    [InlineData("/apis/keda.sh", 403)]
    [InlineData("/apis/argoproj.io", 503)]
    [InlineData("/apis/", 404)]
    public async Task Check_SomethingThatCannotBeRead_IsUnknownAndDoesNotPass(string path, int status)
    {
        Cluster.Objects.Put("/apis/keda.sh", Json("""{"preferredVersion":{"groupVersion":"keda.sh/v1alpha1"}}"""));
        Cluster.Objects.Put("/apis/argoproj.io", Json("""{"preferredVersion":{"groupVersion":"argoproj.io/v1alpha1"}}"""));
        Cluster.Intercept = (request, _) => (path == "/apis/" ? request.Path == path : request.Path.Value!.StartsWith(path, StringComparison.Ordinal)) ? FakeObjects.Status(status, "Refused", "not now") : null;

        var results = await CheckAsync();

        results.Should().HaveCount(2).And.OnlyContain(r => !r.Passed && r.Value.StartsWith($"unknown: {status} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_ObjectThatIsNotThere_DoesNotPass()
    {
        Cluster.Objects.World = null;
        Cluster.Objects.Remove(FakeLedgerSite.Api);

        var results = await CheckAsync();

        results[0].Passed.Should().BeFalse();
        results[0].Remedy.Should().Be("Deploy it there, or correct the name in the plan.");
        results[1].Passed.Should().BeTrue();
    }

    [Fact]
    public async Task Check_PlanThatSetsNothing_DoesNotPass() =>
        (await new FieldManagersGate(Connections).CheckAsync(StepParameters.None, StepBench.Plan, Bench.Estate, default)).Should().ContainSingle().Which.Value.Should().Be("unknown: the plan's steps set nothing at a cluster");

    [Fact]
    public void Shape_AcceptedWithoutAReason_IsRefused() =>
        new FieldManagersGate(Connections).Shape.Judge!(StepBench.Parameters("""{"accept":{"argocd-controller":"CHG-12","flux":" ","keda":true}}""")).Select(problem => problem.Found).Should().Equal("no reason for 'flux'", "no reason for 'keda'");

    private Task<IReadOnlyList<GateResult>> CheckAsync() => new FieldManagersGate(Connections).CheckAsync(StepParameters.None, Plan, Bench.Estate, default);

    private static Plan Plan => StepBench.Plan with
    {
        Steps =
        [
            Step("scale", "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":2}"""),
            Step("fence", "k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store"]}"""),
        ],
    };

    private static PlanStep Step(string name, string kind, string with) => new(name, kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
