using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class SinglePointsGateTests : ClusterFixture
{
    [Fact]
    public void Of_APlan_FindsWhatItStartsOrReliesOn_AndNotWhatItOnlyStops()
    {
        var plan = StepBench.Plan with
        {
            Steps =
            [
                Step("k8s.scale", """{"namespace":"a","workload":"deployment/api","replicas":2}"""),
                Step("k8s.scale", """{"namespace":"a","workload":"deployment/api","replicas":0}"""),
                Step("k8s.scale", """{"namespace":"a","workload":"deployment/stopped","replicas":0}"""),
                Step("k8s.fence", """{"namespace":"a","workloads":["statefulset/fenced"]}"""),
                Step("k8s.rollout", """{"namespace":"a","workload":"statefulset/waited"}"""),
                Step("k8s.unfence", """{"namespace":"a","workloads":{"statefulset/lifted":1,"deployment/told":"${other.replicas}"}}"""),
                Step("k8s.patch", """{"namespace":"a","api":"postgresql.cnpg.io/v1","resource":"clusters/pg","patch":{}}"""),
                Step("k8s.patch", """{"namespace":"a","api":"v1","resource":"configmaps/c","patch":{}}"""),
                Step("cnpg.follow", """{"namespace":"a","cluster":"pg-old"}"""),
                Step("k8s.scale", """{"namespace":"${space.namespace}","workload":"deployment/late","replicas":1}"""),
            ],
            Gates = [new PlanCheck("targets-exist", StepBench.Parameters("""{"site":"primary","namespace":"a","workloads":["statefulset/fenced","statefulset/named"]}"""))],
        };

        ReliedWorkloads.Of(plan, Estate.None).Select(one => (one.Target, one.Given, one.IsToldLater)).Should().BeEquivalentTo(new (string, int?, bool)[]
        {
            ("deployment/api", 2, false), ("statefulset/waited", null, false), ("statefulset/lifted", 1, false), ("deployment/told", null, true), ("clusters/pg", null, false), ("clusters/pg-old", null, false), ("statefulset/named", null, false),
        });
        ReliedWorkloads.ToldLater(plan).Should().ContainSingle().Which.Parameters.Text("workload").Should().Be("deployment/late");
    }

    [Fact]
    public async Task Check_AgainstTheApi_ListsInPages_AndNamesEachFinding()
    {
        Stand("primary-node-1");
        Cluster.Objects.Put("/apis/policy/v1/namespaces/ledger/poddisruptionbudgets/api", JsonNode.Parse("""{"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"ledger-api"}}}}""")!.AsObject());
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["spec"]!["template"] = JsonNode.Parse("""{"metadata":{"labels":{"app":"ledger-api"}},"spec":{"containers":[]}}"""));

        var results = await CheckAsync("{}", Scale("ledger-api", 2), Step("k8s.rollout", """{"namespace":"ledger","workload":"statefulset/ledger-store"}"""));

        results.Select(result => (result.Check, result.Passed, result.Value)).Should().Equal(
            ("single-points-of-failure primary ledger/deployment/ledger-api replicas", true, "2 replicas, 2 ready now"),
            ("single-points-of-failure primary ledger/deployment/ledger-api nodes", false, "all its ready pods stand on node primary-node-1"),
            ("single-points-of-failure primary ledger/deployment/ledger-api zones", false, "unknown: these nodes do not say in which zone they are: primary-node-1"),
            ("single-points-of-failure primary ledger/deployment/ledger-api disruption-budget", true, "disruption budget api lets 1 of 2 go at once"),
            ("single-points-of-failure primary ledger/statefulset/ledger-store replicas", false, "one replica: nothing serves while it is away"));
        Cluster.Requests.Should().OnlyContain(request => request.Method == "GET");
        Cluster.Requests.Where(request => request.Path.EndsWith("/nodes", StringComparison.Ordinal) || request.Path.EndsWith("/pods", StringComparison.Ordinal) || request.Path.EndsWith("/poddisruptionbudgets", StringComparison.Ordinal))
            .Should().OnlyContain(request => request.Query.Contains("limit=500", StringComparison.Ordinal)).And.Subject.Select(request => request.Path).Distinct().Should().HaveCount(3);
    }

    [Fact]
    public async Task Check_RightThatIsMissing_IsUnknown_WithTheRoleToApply()
    {
        Stand("primary-node-1");
        Cluster.Intercept = (request, _) => request.Path.Value!.EndsWith("/poddisruptionbudgets", StringComparison.Ordinal) || request.Path.Value.EndsWith("/nodes", StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "no") : null;

        var results = await CheckAsync("{}", Scale("ledger-api", 2));

        results.Select(result => (result.Passed, result.Value)).Should().Equal((true, "2 replicas, 2 ready now"), (false, "all its ready pods stand on node primary-node-1"), (false, "unknown: 403 no"), (false, "unknown: 403 no"));
        results[2].Remedy.Should().EndWith("""kind: ClusterRole, metadata: {name: dro-PLAN-single-points}, rules: [{apiGroups: [""], resources: [nodes], verbs: [list]}]}""".Replace("PLAN", StepBench.Plan.Name));
        results[3].Remedy.Should().EndWith(Role, "applied over an earlier one it takes nothing away, and it is not the one of 'rights'");
    }

    [Theory]
    [InlineData("/pods")]
    [InlineData("/deployments/ledger-api")]
    public async Task Check_WhicheverRightIsMissing_TheRoleHasAllOfThem(string path)
    {
        Stand("primary-node-1");
        Cluster.Intercept = (request, _) => request.Path.Value!.EndsWith(path, StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "no") : null;

        (await CheckAsync("{}", Scale("ledger-api", 2)))[0].Remedy.Should().EndWith(Role);
    }

    [Theory]
    [InlineData("1", null, false, "one replica: nothing serves while it is away")]
    [InlineData("2", null, true, "2 replicas, 0 ready now")]
    [InlineData("1", 3, true, "3 replicas, 0 ready now")]
    [InlineData(null, null, false, "one replica: nothing serves while it is away")]
    public async Task Check_WhatAManifestMakes_IsJudgedByIt_ThereOrNot(string? replicas, int? scaled, bool passed, string value)
    {
        Stand("primary-node-1");
        var apply = Applied("new-api", replicas);

        var results = await CheckAsync(apply, [Step("k8s.rollout", """{"namespace":"ledger","workload":"deployment/new-api"}"""), .. scaled is { } count ? [Scale("new-api", count)] : (PlanStep[])[]]);

        (results[0].Check, results[0].Passed, results[0].Value).Should().Be(("single-points-of-failure primary ledger/deployment/new-api replicas", passed, value));
    }

    [Fact]
    public async Task Check_AManifestThatLeavesTheNumberOut_KeepsWhatIsThere()
    {
        Cluster.Objects.World = null;
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["spec"]!["replicas"] = 5);

        (await CheckAsync(Applied("ledger-api", null), []))[0].Value.Should().StartWith("5 replicas, ");
        (await CheckAsync(Applied("ledger-api", "1"), []))[0].Value.Should().Be("one replica: nothing serves while it is away");
    }

    [Fact]
    public async Task Check_AManifestInANamespaceOfTheRun_OrWithoutImages_IsUnknown()
    {
        (await CheckAsync(Applied("new-api", "2", "${space.namespace}"), [])).Single().Value.Should().Be("unknown: what step s starts is not known beforehand");
        var broken = Applied("new-api", "2", image: "");
        (await CheckAsync(broken, [])).Single().Should().Match<GateResult>(result => !result.Passed && result.Value == "unknown: the manifest of Deployment new-api names no containers with images" && result.Remedy == "Correct the manifest.");
    }

    [Fact]
    public async Task Check_ABudgetOverPodsOfOthers_IsUnknown()
    {
        Stand("primary-node-1");
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["spec"]!["template"] = JsonNode.Parse("""{"metadata":{"labels":{"app":"ledger-api","team":"x"}},"spec":{"containers":[]}}"""));
        Cluster.Objects.Put("/apis/policy/v1/namespaces/ledger/poddisruptionbudgets/wide", JsonNode.Parse("""{"spec":{"minAvailable":1,"selector":{"matchLabels":{"team":"x"}}}}""")!.AsObject());
        (await CheckAsync("{}", Scale("ledger-api", 2)))[3].Passed.Should().BeTrue("nothing else is under it");

        (await CheckAsync(Applied("new-api", "2"), [Scale("ledger-api", 2)])).Single(result => result.Check.EndsWith("ledger-api disruption-budget", StringComparison.Ordinal)).Value
            .Should().Be("unknown: disruption budget wide covers other pods too, which may be all that it keeps: deployment/new-api");
        Cluster.Objects.Put($"{FakeLedgerSite.Pods}/other", JsonNode.Parse("""{"metadata":{"labels":{"team":"x"}},"spec":{"containers":[]},"status":{"phase":"Running"}}""")!.AsObject());
        (await CheckAsync("{}", Scale("ledger-api", 2)))[3].Should().Match<GateResult>(result => !result.Passed && result.Value.EndsWith("keeps: other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_WhatIsNotThereOrToldLater_IsUnknown()
    {
        (await CheckAsync("{}", Scale("gone", 2))).Single().Should().Match<GateResult>(result => !result.Passed && result.Value.StartsWith("unknown: 404", StringComparison.Ordinal) && result.Remedy == "Deploy it there, or correct the name in the plan.");
        (await CheckAsync("{}", Step("k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":"${fence.replicas}"}"""))).Single().Value.Should().Be("unknown: how many replicas it is given another step will tell");
        (await CheckAsync("""{"site":"dr"}""", Scale("ledger-api", 2))).Single().Value.Should().Be("unknown: the plan starts and relies on nothing at a cluster");
        (await CheckAsync("{}", Step("k8s.scale", """{"namespace":"${a.b}","workload":"deployment/x","replicas":2}"""))).Single().Value.Should().Be("unknown: what step s starts is not known beforehand");
    }

    [Fact]
    public async Task Check_ClusterOfCloudNativePg_IsJudgedByItsInstancesAndWhatItsOperatorKeeps()
    {
        Cluster.Objects.World = null;
        Cluster.Objects.Put("/apis/postgresql.cnpg.io/v1/namespaces/ledger/clusters/pg", JsonNode.Parse("""{"spec":{"instances":2,"affinity":{"podAntiAffinityType":"required"}}}""")!.AsObject());
        Cluster.Objects.Put("/apis/policy/v1/namespaces/ledger/poddisruptionbudgets/pg-primary", JsonNode.Parse("""{"spec":{"minAvailable":1,"selector":{"matchLabels":{"cnpg.io/cluster":"pg","cnpg.io/instanceRole":"primary"}}}}""")!.AsObject());
        foreach (var node in (string[])["n1", "n2"])
        {
            Cluster.Objects.Put($"/api/v1/nodes/{node}", JsonNode.Parse($$$"""{"metadata":{"labels":{"topology.kubernetes.io/zone":"{{{node}}}"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}}""")!.AsObject());
        }

        var step = Step("cnpg.follow", """{"namespace":"ledger","cluster":"pg"}""");
        (await CheckAsync("{}", step)).Select(result => result.Value).Should().Equal(
            "2 replicas asked for, 0 ready now", "its template keeps its pods on different nodes (podAntiAffinity)", "unknown: not all its pods run yet, and its template does not keep them in different zones", "its operator keeps the disruption budgets pg-primary");

        foreach (var node in (string[])["n1", "n2"])
        {
            Cluster.Objects.Put($"{FakeLedgerSite.Pods}/pg-{node}", JsonNode.Parse($$$"""{"metadata":{"labels":{"cnpg.io/cluster":"pg","cnpg.io/podRole":"instance"}},"spec":{"nodeName":"{{{node}}}","containers":[]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""")!.AsObject());
        }

        (await CheckAsync("{}", step)).Should().HaveCount(4).And.OnlyContain(result => result.Passed);
    }

    [Theory]
    [InlineData("""{"accept":{"ledger/deployment/api replicas":"the standby"}}""", null)]
    [InlineData("""{"accept":{"ledger/deployment/api replicas":" "}}""", "no reason for 'ledger/deployment/api replicas'")]
    [InlineData("""{"accept":{"ledger/deployment/api":"x"}}""", "'ledger/deployment/api' is no finding")]
    [InlineData("""{"accept":{"deployment/api replicas":"x"}}""", "'deployment/api replicas' is no finding")]
    [InlineData("""{"accept":{"ledger/deployment/api disk":"x"}}""", "'ledger/deployment/api disk' is no finding")]
    public void Shape_WhatThePlanAccepts_NeedsAFindingAndAReason(string with, string? found) =>
        new SinglePointsGate(Connections).Shape.Judge!(StepBench.Parameters(with)).Select(problem => problem.Found).Should().Equal(found is null ? [] : [found]);

    /// <summary>All rights that the gate needs in the namespace.</summary>
    private static string Role => """
        kind: Role, metadata: {name: dro-PLAN-single-points, namespace: "ledger"}, rules: [{apiGroups: [""], resources: [pods], verbs: [list]}, {apiGroups: ["policy"], resources: [poddisruptionbudgets], verbs: [list]}, {apiGroups: ["apps"], resources: [deployments], verbs: [get], resourceNames: ["ledger-api"]}]}
        """.Replace("PLAN", StepBench.Plan.Name, StringComparison.Ordinal);

    private static Plan Applied(string name, string? replicas, string ns = "ledger", string image = "i")
    {
        var manifest = $$$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: {{{name}}} }
            spec:
              {{{(replicas is null ? "paused: false" : $"replicas: {replicas}")}}}
              selector: { matchLabels: { app: {{{name}}} } }
              template: { metadata: { labels: { app: {{{name}}}, team: x } }, spec: { containers: [ { name: main, image: "{{{image}}}" } ] } }
            """;
        return StepBench.Plan with
        {
            Steps = [Step("k8s.apply", $$"""{"namespace":"{{ns}}","manifest":"app.yaml"}""")],
            Manifests = new Dictionary<string, Manifest> { ["app.yaml"] = ManifestReader.Read("app.yaml", Encoding.UTF8.GetBytes(manifest), new Problems())! },
            Gates = [],
        };
    }

    private Task<IReadOnlyList<GateResult>> CheckAsync(Plan plan, IEnumerable<PlanStep> more) =>
        new SinglePointsGate(Connections).CheckAsync(StepBench.Parameters("{}"), plan with { Steps = [.. plan.Steps, .. more] }, Bench.Estate, default);

    private Task<IReadOnlyList<GateResult>> CheckAsync(string with, params PlanStep[] steps) =>
        new SinglePointsGate(Connections).CheckAsync(StepBench.Parameters(with), StepBench.Plan with { Steps = steps, Gates = [] }, Bench.Estate, default);

    /// <summary>All pods run, are ready and stay so.</summary>
    private void Stand(string node)
    {
        Cluster.Objects.World = null;
        Cluster.Objects.Change(o =>
        {
            foreach (var (_, pod) in o.Under(FakeLedgerSite.Pods))
            {
                pod["spec"]!["nodeName"] = node;
                pod["status"] = JsonNode.Parse("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""");
            }
        });
    }

    private static PlanStep Scale(string name, int replicas) => Step("k8s.scale", $$"""{"namespace":"ledger","workload":"deployment/{{name}}","replicas":{{replicas}}}""");

    private static PlanStep Step(string kind, string with) => new("s", kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);
}
