using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Tests.Drills.Steps.Objects;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>What the gates know of the manifests that a plan applies.</summary>
public sealed class AppliedGatesTests : ClusterFixture
{
    private const string Api = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: new-api, labels: { side: dr } }
        spec:
          replicas: 2
          selector: { matchLabels: { app: new-api } }
          template:
            metadata: { labels: { app: new-api } }
            spec:
              containers:
              - { name: main, image: "registry.dr/bank/api:7", resources: { requests: { cpu: "1", memory: 1Gi } } }
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: { name: load }
        spec:
          template:
            spec: { restartPolicy: Never, containers: [ { name: main, image: "registry.dr/bank/load:1", resources: { requests: { cpu: "1", memory: 1Gi } } } ] }
        """;

    [Fact]
    public async Task Of_WhatAnApplySends_IsInTheTableOfRights()
    {
        var step = new K8sApplyStep(Connections, TimeProvider.System);
        var context = Bench.ContextOfManifest("ledger", K8sApplyStepTests.Two);
        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>();

        var needed = NeededRights.Of(context.Plan with { Steps = [context.Step] });

        // Discovery is open to everybody. Of the Deployment that was there nothing is made or deleted, which nobody knows beforehand.
        var sent = Cluster.Requests.Where(request => request.Path.Contains("/namespaces/", StringComparison.Ordinal)).Select(request => (Verb(request.Method), request.Path.Split('/')[request.Method == "POST" ? ^1 : ^2])).ToHashSet();
        sent.Except(needed.Select(right => (right.Verb, right.Resource))).Should().BeEmpty();
        needed.Select(right => right.ToString()).Should().Contain(["patch deployments.apps/ledger-api", "create configmaps", "delete configmaps/settings"]);
    }

    [Fact]
    public void Of_KindsOfOthers_AreLeftToTheCluster()
    {
        var plan = Plan("apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: g }");

        NeededRights.Of(plan).Should().BeEmpty();
        NeededRights.ManifestsToBeFound(plan).Should().ContainSingle().Which.Should().Match<(string Site, string? Namespace, ManifestDocument Document)>(one => one.Site == "primary" && one.Namespace == "ledger" && one.Document.Kind == "Gateway");
    }

    [Theory]
    [InlineData("Deployment", "deployments")]
    [InlineData("NetworkPolicy", "networkpolicies")]
    [InlineData("Ingress", "ingresses")]
    [InlineData("Endpoints", "endpoints")]
    [InlineData("Gateway", "gateways")]
    public void GuessedPlural_OfKinds_IsAsServersGuess(string kind, string plural) => ManifestRules.GuessedPlural(kind).Should().Be(plural);

    [Fact]
    public void Of_Fields_AreThoseOfTheManifest()
    {
        var set = SetObjects.Of(Plan(Api));

        set.Select(one => one.ToString()).Should().Equal("ledger/deployment/new-api", "ledger/jobs/load");
        set[0].Fields.Select(path => string.Join('.', path)).Should().Equal(
            "metadata.labels.side", "spec.replicas", "spec.selector.matchLabels.app", "spec.template.metadata.labels.app", "spec.template.spec.containers");
        set[0].Replicas.Should().Equal(2);
        set.Should().OnlyContain(one => one.MayBeMissing);
    }

    [Fact]
    public async Task Check_WhatIsNotThere_PassesWhereThePlanMakesIt()
    {
        var (managers, targets) = (new FieldManagersGate(Connections), new TargetsExistGate(Connections));

        (await managers.CheckAsync(StepParameters.None, Plan(Api), Bench.Estate, default))[0].Should().Match<GateResult>(result => result.Passed && result.Value == "not there: the plan makes it");
        var found = await targets.CheckAsync(StepBench.Parameters("""{"site":"primary","namespace":"ledger","workloads":["deployment/new-api","deployment/other"]}"""), Plan(Api), Bench.Estate, default);
        found.Select(result => (result.Passed, result.Value)).Should().StartWith((true, "not there: step apply makes it"));
        found[1].Passed.Should().BeFalse("no step makes it");
    }

    [Theory]
    [InlineData("4", true)]
    [InlineData("2", false)]
    public async Task Check_Capacity_CountsWhatTheManifestStarts(string cpu, bool passed)
    {
        Cluster.Objects.Change(o => o.Put(FakeLedgerSite.Node, Node(cpu)));
        Cluster.Intercept = (request, _) => request.Path == "/api/v1/pods" ? (200, JsonNode.Parse("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}""")) : null;

        var results = await new CapacityGate(Connections).CheckAsync(StepBench.Parameters("""{"site":"primary"}"""), Plan(Api), Bench.Estate, default);

        results.Select(result => result.Check).Should().Equal("capacity primary ledger/deployment/new-api", "capacity primary ledger/jobs/load (batch/v1)");
        results.All(result => result.Passed).Should().Be(passed, string.Join("; ", results.Select(result => result.Value)));
    }

    [Fact]
    public async Task Check_Images_AreThoseOfTheManifest()
    {
        Cluster.Objects.Change(o => o.Put(FakeLedgerSite.Node, Node("4")));

        var results = await new ImagesKnownGate(Connections).CheckAsync(StepBench.Parameters("""{"site":"primary","registries":["registry.dr"]}"""), Plan(Api), Bench.Estate, default);

        results.Select(result => (result.Check, result.Passed)).Should().Equal(("images-known primary ledger/deployment/new-api main", true), ("images-known primary ledger/jobs/load (batch/v1) main", true));
        (await new ImagesKnownGate(Connections).CheckAsync(StepBench.Parameters("""{"site":"primary"}"""), Plan(Api), Bench.Estate, default)).Should().OnlyContain(result => !result.Passed);
    }

    [Fact]
    public async Task Check_AManifestWithoutImages_IsUnknown()
    {
        var plan = Plan("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: [ { name: main } ] } } }");

        (await new ImagesKnownGate(Connections).CheckAsync(StepBench.Parameters("""{"site":"primary"}"""), plan, Bench.Estate, default)).Should().ContainSingle()
            .Which.Value.Should().Be("unknown: the manifest of Deployment a names no containers with images");
        (await new CapacityGate(Connections).CheckAsync(StepBench.Parameters("""{"site":"primary"}"""), plan, Bench.Estate, default)).Should().ContainSingle().Which.Passed.Should().BeFalse();
    }

    private static string Verb(string method) => method switch { "PATCH" => "patch", "POST" => "create", "DELETE" => "delete", _ => "get" };

    private static JsonObject Node(string cpu) => JsonNode.Parse(
        """{"apiVersion":"v1","kind":"Node","spec":{},"status":{"conditions":[{"type":"Ready","status":"True"}],"allocatable":{"cpu":"CPU","memory":"8Gi","pods":"110"}}}""".Replace("CPU", cpu, StringComparison.Ordinal))!.AsObject();

    private static Plan Plan(string manifest)
    {
        var step = new PlanStep(
            "apply", "k8s.apply", new Dictionary<string, string>(), "primary", StepBench.Parameters("""{"namespace":"ledger","manifest":"app.yaml"}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);
        return StepBench.Plan with { Steps = [step], Manifests = new Dictionary<string, Manifest> { ["app.yaml"] = ManifestReader.Read("app.yaml", Encoding.UTF8.GetBytes(manifest), new Problems())! } };
    }
}
