using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class CapacityGateTests
{
    private const string Apart = """, "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"api"}}}]}}""";

    private const string ApartByZone = """, "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"topology.kubernetes.io/zone","labelSelector":{"matchLabels":{"app":"api"}}}]}}""";

    private const string Spread = """, "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"api"}}}]""";

    [Fact]
    public void Judge_CoresFreeOnTwoNodesButNotOnOne_DoesNotPass()
    {
        V1Node[] nodes = [Node("n1", "2", "4Gi"), Node("n2", "2", "4Gi")];

        var result = Judge(nodes, [Pod("n1", "1", "1Gi"), Pod("n2", "1", "1Gi")], Demand(1, "1500m", "1Gi"));

        result.Passed.Should().BeFalse();
        result.Value.Should().Be("1 of 1 find no node: each asks 1.5 CPU and 1024 MiB, the most that is left on one is 1 CPU and 3072 MiB (n1)");
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Judge_PodsAtOnce_EachTakesItsPlace(int count, bool passed) =>
        Judge([Node("n1", "2", "4Gi"), Node("n2", "1", "4Gi")], [Pod("n1", "1", "1Gi")], Demand(count, "1", "1Gi")).Passed.Should().Be(passed);

    [Fact]
    public void Judge_RoomForAll_NamesTheNodes() =>
        Judge([Node("n1", "2", "4Gi")], [], Demand(2, "500m", "512Mi")).Value.Should().Be("2 of 0.5 CPU and 512 MiB each fit: n1");

    [Fact]
    public void Judge_NoRequests_IsUnknownAndDoesNotPass()
    {
        var result = Judge([Node("n1", "2", "4Gi")], [], new PodDemand("ns/deployment/api", Template("""{"containers":[{"name":"main","resources":{"requests":{"cpu":"1"}}}]}"""), 1));

        result.Passed.Should().BeFalse();
        result.Value.Should().Be("unknown: these containers do not say what they ask: main");
    }

    [Theory]
    [InlineData("""{"unschedulable":true}""", "True")]
    [InlineData("""{"taints":[{"key":"db","effect":"NoSchedule"}]}""", "True")]
    [InlineData("{}", "Unknown")]
    public void Judge_NodeThatTakesNoPods_OffersNoRoom(string spec, string ready)
    {
        var result = Judge([Node("n1", "8", "8Gi", spec, ready)], [], Demand(1, "1", "1Gi"));

        result.Value.Should().EndWith("the most that is left on one is nothing: no node is ready and takes them");
    }

    [Fact]
    public void Judge_OnePodPerNode_NeedsAsManyNodes()
    {
        var demand = Demand(2, "100m", "100Mi", Apart);

        Judge([Node("n1", "8", "8Gi")], [], demand).Passed.Should().BeFalse();
        Judge([Node("n1", "8", "8Gi"), Node("n2", "8", "8Gi")], [], demand).Passed.Should().BeTrue();
    }

    /// <summary>The rules that <c>single-points-of-failure</c> asks for: both gates pass at one site.</summary>
    [Theory]
    [InlineData(Spread, 2, "ab", true)]
    [InlineData(Spread, 2, "a", true)]
    [InlineData(Spread, 3, "aab", true)]
    [InlineData(Spread, 4, "aab", true)]
    [InlineData(ApartByZone, 2, "ab", true)]
    [InlineData(ApartByZone, 2, "aa", false)]
    [InlineData(ApartByZone, 3, "aab", false)]
    [InlineData(ApartByZone, 2, "--", true)]
    [InlineData(Spread, 1, "-", false)]
    public void Judge_PodsKeptApartByZone_GoByTheZonesOfTheNodes(string rule, int count, string zones, bool passed) =>
        Judge([.. zones.Select((zone, i) => InZone($"n{i}", zone))], [], Demand(count, "100m", "100Mi", rule)).Passed.Should().Be(passed);

    /// <summary>A zone whose only node takes none counts as empty, as it does for the scheduler.</summary>
    [Fact]
    public void Judge_SpreadWhereAZoneIsClosed_StopsAtTheSkew()
    {
        V1Node[] nodes = [InZone("n1", 'a'), InZone("n2", 'b', """{"unschedulable":true}""")];

        Judge(nodes, [], Demand(1, "100m", "100Mi", Spread)).Passed.Should().BeTrue();
        Judge(nodes, [], Demand(2, "100m", "100Mi", Spread)).Passed.Should().BeFalse();
    }

    [Theory]
    [InlineData("ns", false)]
    [InlineData("another", true)]
    public void Judge_SpreadBesidePods_CountsThoseOfItsNamespaceAlone(string ns, bool passed)
    {
        var there = Pod("n1", "100m", "100Mi");
        (there.Metadata.NamespaceProperty, there.Metadata.Labels) = (ns, new Dictionary<string, string> { ["app"] = "api" });

        Judge([InZone("n1", 'a'), InZone("n2", 'b', """{"unschedulable":true}""")], [there], Demand(1, "100m", "100Mi", Spread)).Passed.Should().Be(passed);
    }

    [Fact]
    public void Judge_RuleThatIsNotWeighed_IsUnknown() =>
        Judge([Node("n1", "8", "8Gi")], [], Demand(1, "1", "1Gi", """, "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","minDomains":2,"labelSelector":{"matchLabels":{"app":"api"}}}]""")).Value.Should().Be("unknown: its topology spread is not weighed here");

    [Fact]
    public void Judge_PodOfOthersThatWaitsForANode_IsGivenItsPlaceFirst() =>
        Judge([Node("n1", "1", "4Gi")], [Pod("", "1", "1Gi")], Demand(1, "1", "1Gi")).Passed.Should().BeFalse();

    [Fact]
    public void Of_ContainersThatRunBefore_CountOnlyWhereTheyAskForMore()
    {
        var spec = Template("""{"initContainers":[{"name":"i","resources":{"requests":{"cpu":"3","memory":"1Mi"}}}],"containers":[{"name":"a","resources":{"limits":{"cpu":"1","memory":"1Gi"}}},{"name":"b","resources":{"requests":{"cpu":"1","memory":"1Gi"}}}],"overhead":{"cpu":"250m"}}""").Spec;

        PodRoom.Of(spec).Should().Be(new PodRoom(3.25m, 2048m * 1024 * 1024, 1));
    }

    [Fact]
    public async Task Check_InTheLab_ReadsWhatItsNodeOffersAndWhatRuns()
    {
        await using var lab = await LabSite.StartAsync();
        await CreateAsync(lab, "small", "500m");
        await CreateAsync(lab, "large", "3");
        var plan = StepBench.Plan with { Steps = [Scale("small", 3), Scale("large", 1), Scale("ledger-api", 2)] };

        var results = await new CapacityGate(lab.Connections).CheckAsync(StepBench.Parameters("""{"site":"primary"}"""), plan, lab.Bench.Estate, default);

        results.Select(result => (result.Check, result.Passed)).Should().Equal(
            ("capacity primary ledger/deployment/small", true), ("capacity primary ledger/deployment/large", false), ("capacity primary ledger/deployment/ledger-api", true));
        results[2].Value.Should().Be("all of its pods run already");
    }

    private static V1Node InZone(string name, char zone, string spec = "{}")
    {
        var node = Node(name, "8", "8Gi", spec);
        node.Metadata.Labels = zone == '-' ? null : new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = zone.ToString() };
        return node;
    }

    private static Task CreateAsync(LabSite lab, string name, string cpu) => lab.Client.AppsV1.CreateNamespacedDeploymentAsync(
        KubernetesJson.Deserialize<V1Deployment>($$$$$$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{{{{name}}}}}}","namespace":"ledger"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"{{{{{{name}}}}}}"}},
             "template":{"metadata":{"labels":{"app":"{{{{{{name}}}}}}"}},"spec":{"containers":[{"name":"main","image":"lab","resources":{"requests":{"cpu":"{{{{{{cpu}}}}}}","memory":"64Mi"}}}]}}}}
            """),
        "ledger");

    private static PlanStep Scale(string name, int replicas) => new(
        name, "k8s.scale", new Dictionary<string, string>(), "primary", StepBench.Parameters($$"""{"namespace":"ledger","workload":"deployment/{{name}}","replicas":{{replicas}}}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    private static GateResult Judge(V1Node[] nodes, V1Pod[] pods, PodDemand demand) => new CapacityJudge("dr", nodes, pods).Judge([demand])[0];

    private static PodDemand Demand(int count, string cpu, string memory, string more = "") =>
        new("ns/deployment/api", Template($$$$$$"""{"containers":[{"name":"main","resources":{"requests":{"cpu":"{{{{{{cpu}}}}}}","memory":"{{{{{{memory}}}}}}"}}}]{{{{{{more}}}}}}}"""), count);

    private static V1PodTemplateSpec Template(string spec) => KubernetesJson.Deserialize<V1PodTemplateSpec>($$$$$$"""{"metadata":{"labels":{"app":"api"}},"spec":{{{{{{spec}}}}}}}""");

    private static V1Node Node(string name, string cpu, string memory, string spec = "{}", string ready = "True") => KubernetesJson.Deserialize<V1Node>(
        $$$$$$"""{"metadata":{"name":"{{{{{{name}}}}}}","labels":{"kubernetes.io/hostname":"{{{{{{name}}}}}}"}},"spec":{{{{{{spec}}}}}},"status":{"allocatable":{"cpu":"{{{{{{cpu}}}}}}","memory":"{{{{{{memory}}}}}}","pods":"110"},"conditions":[{"type":"Ready","status":"{{{{{{ready}}}}}}"}]}}""");

    private static V1Pod Pod(string node, string cpu, string memory) => KubernetesJson.Deserialize<V1Pod>(
        $$$$$$"""{"metadata":{"name":"p"},"spec":{"nodeName":"{{{{{{node}}}}}}","containers":[{"name":"main","resources":{"requests":{"cpu":"{{{{{{cpu}}}}}}","memory":"{{{{{{memory}}}}}}"}}}]},"status":{"phase":"Running"}}""");
}
