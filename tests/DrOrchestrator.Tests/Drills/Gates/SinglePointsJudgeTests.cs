using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

public class SinglePointsJudgeTests
{
    private const string Spread = """ "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"KEY","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"api"}}}]""";
    private const string Apart = """ "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"KEY","labelSelector":{"matchLabels":{"app":"api"}}}]}}""";
    private const string Host = "kubernetes.io/hostname";
    private const string Zone = "topology.kubernetes.io/zone";

    private static readonly V1Node[] TwoZones = [Node("n1", "a"), Node("n2", "b")];

    [Fact]
    public void Judge_TwoPodsApartUnderABudget_PassesEachFinding()
    {
        var results = Judge(Seen(2, [Pod("n1"), Pod("n2")], TwoZones, [Budget("""{"maxUnavailable":1}""")]));

        results.Should().HaveCount(4).And.OnlyContain(result => result.Passed && result.Remedy.Length == 0);
        results.Select(result => result.Value).Should().Equal(
            "2 replicas, 2 ready now", "its ready pods stand on n1, n2", "its ready pods stand in zones a, b", "disruption budget guard lets 1 of 2 go at once");
    }

    [Fact]
    public void Judge_OneReplica_IsSaidOnce_AndPassesOnlyWithTheReasonOfThePlan()
    {
        var seen = Seen(1, [Pod("n1")], TwoZones, []);

        var refused = Judge(seen).Should().ContainSingle().Which;
        (refused.Check, refused.Passed, refused.Value).Should().Be(("single-points-of-failure dr ns/deployment/api replicas", false, "one replica: nothing serves while it is away"));
        Judge(seen, ("ns/deployment/other replicas", "x")).Single().Passed.Should().BeFalse();
        var accepted = Judge(seen, ("ns/deployment/api replicas", "the standby at primary, CHG-9")).Single();
        (accepted.Passed, accepted.Value).Should().Be((true, "one replica: nothing serves while it is away; accepted by the plan: the standby at primary, CHG-9"));
    }

    [Fact]
    public void Judge_NoReplica_DoesNotPass() => Judge(Seen(0, [], TwoZones, [])).Single().Value.Should().Be("it has no replica, and the plan starts none");

    [Fact]
    public void Judge_OneOfTwoReady_IsAFindingNow()
    {
        var results = Judge(Seen(2, [Pod("n1"), Pod("n2", ready: "False")], TwoZones, []));

        (results[0].Passed, results[0].Value).Should().Be((false, "2 replicas asked for, 1 ready now"));
    }

    [Theory]
    [InlineData(3, "3 replicas asked for, 0 ready now")]
    [InlineData(1, "one replica asked for, and it is not ready now")]
    public void Judge_WhatIsReliedOnAndDoesNotRun_IsAFindingThatNobodyMayAccept(int declared, string value)
    {
        foreach (var pods in (V1Pod[][])[[], [Pod("n1", phase: "Failed"), Pod("n2", phase: "Failed")], [Pod("n1", ready: "False")]])
        {
            var seen = Seen(declared, pods, TwoZones, []) with { IsToBeStarted = false };

            (Judge(seen, ("ns/deployment/api replicas", "x"))[0] is { Passed: var passed, Value: var found } ? (passed, found) : default).Should().Be((false, value));
        }
    }

    [Fact]
    public void Judge_OneWarmPodOfWhatThePlanScales_IsJudgedByWhatIsToBeStarted()
    {
        var results = Judge(Seen(3, [Pod("n1")], TwoZones, [Budget("""{"maxUnavailable":1}""")], Spread.Replace("KEY", Zone)) with { IsToBeStarted = true });

        results.Should().HaveCount(4).And.OnlyContain(result => result.Passed);
        results[0].Value.Should().Be("3 replicas, 1 ready now");
        Judge(Seen(2, [Pod("n1"), Pod("n2")], TwoZones, []) with { IsToBeStarted = true })[1].Value.Should().StartWith("unknown: not all its pods run yet", "started anew they may stand elsewhere");
    }

    [Fact]
    public void Judge_WhatCouldNotBeRead_IsAcceptedByNobody()
    {
        var seen = Seen(2, [Pod("n1"), Pod("n1")], TwoZones, []);
        var all = SinglePointsJudge.Findings.Select(finding => ($"ns/deployment/api {finding}", "x")).ToArray();
        Judge(seen, all).Should().HaveCount(4).And.OnlyContain(result => result.Passed);

        var unread = seen with { Pods = new Sighting<V1Pod>(null, "403 no", "r"), Budgets = new Sighting<V1PodDisruptionBudget>(null, "403 no", "r") };
        Judge(unread, all).Should().HaveCount(4).And.OnlyContain(result => !result.Passed && result.Value == "unknown: 403 no" && result.Remedy == "r");
        Judge(unread with { Declared = 1 }, all).Should().ContainSingle().Which.Passed.Should().BeFalse();
        Judge(seen with { Nodes = new Sighting<V1Node>([], "", "") }, all)[2].Passed.Should().BeFalse("none of its nodes is listed");
        Judge(seen with { Budgets = new Sighting<V1PodDisruptionBudget>([Budget("""{"maxUnavailable":"some"}""")], "", "") }, all)[3].Passed.Should().BeFalse("its numbers cannot be read");
    }

    [Fact]
    public void Judge_ABudgetOverOtherPodsToo_IsUnknown()
    {
        var seen = Seen(2, [Pod("n1"), Pod("n2")], TwoZones, [Budget("""{"minAvailable":2}""", selector: """{"matchLabels":{"team":"x"}}""")]);
        seen.Template.Metadata.Labels["team"] = "x";
        OtherPods Other(string name, string team) => new(name, new Dictionary<string, string> { ["team"] = team });

        Judge(seen with { Others = [Other("z", "x"), Other("a", "x"), Other("a", "x"), Other("b", "y")] })[3].Value.Should().Be("unknown: disruption budget guard covers other pods too, which may be all that it keeps: a, z");
        Judge(seen with { Others = [Other("b", "y")] })[3].Value.Should().StartWith("disruption budget guard lets none of 2 go");
    }

    [Fact]
    public void Judge_AllOnOneNodeAndInOneZone_AreTwoFindings()
    {
        var results = Judge(Seen(2, [Pod("n1"), Pod("n1")], TwoZones, []));

        (results[1].Passed, results[1].Value, results[2].Passed, results[2].Value).Should().Be((false, "all its ready pods stand on node n1", false, "all its ready pods stand in zone a"));
    }

    [Fact]
    public void Judge_PodsThatEndOrWait_CountAsNoPlace()
    {
        V1Pod[] pods = [Pod("n1"), Pod("n1"), Pod("n2", ending: true), Pod("n2", ready: "False"), Pod("n2", phase: "Failed")];

        Judge(Seen(2, pods, TwoZones, []))[1].Value.Should().Be("all its ready pods stand on node n1");
    }

    [Theory]
    [InlineData(Host, true, false)]
    [InlineData(Zone, true, true)]
    public void Judge_NothingRunsYet_GoesByWhatTheTemplateEnforces(string key, bool nodes, bool zones)
    {
        foreach (var rule in (string[])[Spread, Apart])
        {
            var results = Judge(Seen(2, [], TwoZones, [], rule.Replace("KEY", key)));

            results[0].Value.Should().Be("2 replicas, 0 ready now");
            (results[0].Passed, results[1].Passed, results[2].Passed).Should().Be((true, nodes, zones), rule);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(""" "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"api"}}}]""")]
    [InlineData(""" "topologySpreadConstraints":[{"maxSkew":2,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"api"}}}]""")]
    [InlineData(""" "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"other"}}}]""")]
    [InlineData(""" "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{}},"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"api"}}}]}}""")]
    public void Judge_NothingRunsYetAndNothingIsEnforced_IsUnknown(string rule)
    {
        var results = Judge(Seen(2, [], TwoZones, [], rule));

        results.Skip(1).Take(2).Should().OnlyContain(result => !result.Passed && result.Value.StartsWith("unknown: not all its pods run yet", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_NodesThatTakeNoPods_AreNoSecondNode()
    {
        V1Node[] nodes = [Node("n1", "a"), Node("cordoned", "b", """{"unschedulable":true}"""), Node("tainted", "b", """{"taints":[{"key":"db","effect":"NoSchedule"}]}"""), Node("silent", "b", ready: "Unknown")];

        var results = Judge(Seen(2, [], nodes, [], Spread.Replace("KEY", Host)));

        (results[1].Value, results[2].Value).Should().Be(("n1 is the only node that takes its pods", "all nodes that take its pods are in zone a"));
        Judge(Seen(2, [], [], [])).Skip(1).Take(2).Should().OnlyContain(result => result.Value == "no node is ready and takes its pods");
    }

    [Fact]
    public void Judge_NodesWithoutZone_AreUnknown_UnlessOthersShowTwo()
    {
        Judge(Seen(2, [Pod("n1"), Pod("n2")], [Node("n1", null), Node("n2", "a")], []))[2].Value.Should().Be("unknown: these nodes do not say in which zone they are: n1");
        Judge(Seen(3, [Pod("n1"), Pod("n2"), Pod("n3")], [Node("n1", null), Node("n2", "a"), Node("n3", "b")], []))[2].Passed.Should().BeTrue();
        Judge(Seen(2, [Pod("n8"), Pod("n9")], TwoZones, []))[2].Value.Should().Be("unknown: none of the nodes it stands on is listed");
    }

    [Theory]
    [InlineData("""{"maxUnavailable":1}""", true, "lets 1 of 3 go at once")]
    [InlineData("""{"minAvailable":2}""", true, "lets 1 of 3 go at once")]
    [InlineData("""{"minAvailable":"50%"}""", true, "lets 1 of 3 go at once")]
    [InlineData("""{"maxUnavailable":"34%"}""", true, "lets 2 of 3 go at once")]
    [InlineData("""{"minAvailable":3}""", false, "lets none of 3 go: no node under it can be drained")]
    [InlineData("""{"maxUnavailable":0}""", false, "lets none of 3 go: no node under it can be drained")]
    [InlineData("""{"maxUnavailable":"0%"}""", false, "lets none of 3 go: no node under it can be drained")]
    [InlineData("""{"minAvailable":0}""", false, "lets all 3 go at once")]
    [InlineData("""{"maxUnavailable":7}""", false, "lets all 3 go at once")]
    [InlineData("{}", false, "lets all 3 go at once")]
    public void Judge_Budget_CountsAsTheDisruptionControllerDoes(string spec, bool passed, string value)
    {
        var result = Judge(Seen(3, [], TwoZones, [Budget(spec)]))[3];

        (result.Passed, result.Value).Should().Be((passed, "disruption budget guard " + value));
    }

    [Theory]
    [InlineData("""{"matchLabels":{"app":"other"}}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"In","values":["api","x"]}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"NotIn","values":["api"]}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"Exists"}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}""", false)]
    [InlineData("{}", true)]
    [InlineData("null", false)]
    public void Judge_Budget_CoversByItsSelector(string selector, bool covers) =>
        Judge(Seen(2, [], TwoZones, [Budget("""{"maxUnavailable":1}""", selector: selector)]))[3].Passed.Should().Be(covers);

    [Fact]
    public void Judge_NoBudgetOrTwo_AreFindings()
    {
        Judge(Seen(2, [], TwoZones, []))[3].Value.Should().Be("no disruption budget covers it: a drain may end all its pods at once");
        Judge(Seen(2, [], TwoZones, [Budget("{}", "a"), Budget("{}", "b")]))[3].Value.Should().Be("several disruption budgets cover it, so that every eviction is refused: a, b");
    }

    [Fact]
    public void Judge_WhatCouldNotBeRead_IsUnknownForItsFindingsAlone()
    {
        var seen = Seen(2, [Pod("n1"), Pod("n2")], TwoZones, [Budget("""{"maxUnavailable":1}""")]);

        Judge(seen with { Nodes = new Sighting<V1Node>(null, "403 no", "r") }).Select(result => result.Passed).Should().Equal(true, true, false, true);
        Judge(seen with { Pods = new Sighting<V1Pod>(null, "403 no", "r") }).Select(result => result.Passed).Should().Equal(false, false, false, false);
        var budgets = Judge(seen with { Budgets = new Sighting<V1PodDisruptionBudget>(null, "403 no", "r") })[3];
        (budgets.Passed, budgets.Value, budgets.Remedy).Should().Be((false, "unknown: 403 no", "r"));
    }

    [Fact]
    public void Judge_ClusterOfCloudNativePg_GoesByItsOperatorsBudgets()
    {
        var seen = Seen(2, [Pod("n1"), Pod("n2")], TwoZones, [Budget("""{"minAvailable":1}""", "pg-primary", """{"matchLabels":{"cnpg.io/cluster":"pg","cnpg.io/instanceRole":"primary"}}""")]) with { Of = new ReliedWorkload("dr", "ns", "clusters/pg", null, false), KeepsBudgets = true };

        Judge(seen)[3].Value.Should().Be("its operator keeps the disruption budgets pg-primary");
        Judge(seen with { KeepsBudgets = false })[3].Passed.Should().BeFalse();
        Judge(seen with { Budgets = new Sighting<V1PodDisruptionBudget>([], "", "") })[3].Value.Should().Be("no disruption budget of its operator is there");
    }

    private static IReadOnlyList<GateResult> Judge(SeenWorkload seen, params (string Name, string Reason)[] accepted) => new SinglePointsJudge(accepted.ToDictionary(one => one.Name, one => one.Reason)).Judge(seen);

    private static SeenWorkload Seen(int declared, V1Pod[] pods, V1Node[] nodes, V1PodDisruptionBudget[] budgets, string rule = "") => new(
        new ReliedWorkload("dr", "ns", "deployment/api", declared, false),
        declared,
        KubernetesJson.Deserialize<V1PodTemplateSpec>($$$"""{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[]{{{(rule.Length > 0 ? "," + rule : "")}}}}}"""),
        new Sighting<V1Pod>(pods, "", ""),
        new Sighting<V1Node>(nodes, "", ""),
        new Sighting<V1PodDisruptionBudget>(budgets, "", ""),
        null)
    {
        IsToBeStarted = pods.Length == 0,
    };

    private static V1Node Node(string name, string? zone, string spec = "{}", string ready = "True") => KubernetesJson.Deserialize<V1Node>(
        $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{{{{(zone is null ? "{}" : $$"""{"topology.kubernetes.io/zone":"{{zone}}"}""")}}}}},"spec":{{{{spec}}}},"status":{"conditions":[{"type":"Ready","status":"{{{{ready}}}}"}]}}""");

    private static V1Pod Pod(string node, string ready = "True", string phase = "Running", bool ending = false) => KubernetesJson.Deserialize<V1Pod>(
        $$$$"""{"metadata":{"name":"p"{{{{(ending ? ",\"deletionTimestamp\":\"2026-11-22T10:00:00Z\"" : "")}}}}},"spec":{"nodeName":"{{{{node}}}}","containers":[]},"status":{"phase":"{{{{phase}}}}","conditions":[{"type":"Ready","status":"{{{{ready}}}}"}]}}""");

    private static V1PodDisruptionBudget Budget(string spec, string name = "guard", string selector = """{"matchLabels":{"app":"api"}}""")
    {
        var budget = KubernetesJson.Deserialize<V1PodDisruptionBudget>($$$"""{"metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""");
        budget.Spec.Selector = selector == "null" ? null : KubernetesJson.Deserialize<V1LabelSelector>(selector);
        return budget;
    }
}
