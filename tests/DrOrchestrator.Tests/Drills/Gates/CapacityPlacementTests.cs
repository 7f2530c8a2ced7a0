using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>Rules of <c>capacity</c> on where pods may stand: whose selector, whose namespace, which nodes; by kube-scheduler's InterPodAffinity and PodTopologySpread (v1.36).</summary>
public sealed class CapacityPlacementTests
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Host = "kubernetes.io/hostname";

    /// <summary>The term names the system; each node has a pod of its other component.</summary>
    [Theory]
    [InlineData("ns", false)]
    [InlineData("another", true)]
    public void Judge_AntiAffinityBySelectorNarrowerThanTheLabels_GoesByTheSelectorInItsNamespace(string ns, bool passed) =>
        Judge([Node("n1"), Node("n2")], [Pod("n1", ns, "part-of=bank,app=web"), Pod("n2", ns, "part-of=bank,app=web")], Demand("api", 1, "part-of=bank,app=api", Apart("""{"matchLabels":{"part-of":"bank"}}""")))
            .Passed.Should().Be(passed);

    [Fact]
    public void Judge_AntiAffinityThatNamesNamespaces_HoldsThereAlone()
    {
        var demand = Demand("api", 1, "app=api", Apart("""{"matchLabels":{"app":"web"}}""", """, "namespaces":["edge"]"""));

        Judge([Node("n1")], [Pod("n1", "edge", "app=web")], demand).Passed.Should().BeFalse();
        Judge([Node("n1")], [Pod("n1", "ns", "app=web")], demand).Passed.Should().BeTrue();
    }

    [Theory]
    [InlineData("In", false)]
    [InlineData("NotIn", true)]
    public void Judge_AntiAffinityByExpressions_IsWeighed(string op, bool passed) =>
        Judge([Node("n1")], [Pod("n1", "ns", "app=web")], Demand("api", 1, "app=api", Apart($$$"""{"matchExpressions":[{"key":"app","operator":"{{{op}}}","values":["web"]}]}"""))).Passed.Should().Be(passed);

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Judge_SpreadByExpressions_IsWeighed(int count, bool passed) =>
        Judge([Node("n1", "a"), Node("n2", "b", """{"unschedulable":true}""")], [], Demand("api", count, "app=api", Spread((Zone, 2, """{"matchExpressions":[{"key":"app","operator":"In","values":["api","web"]}]}"""))))
            .Passed.Should().Be(passed);

    /// <summary>Pods that the selector does not mean add nothing to what it counts.</summary>
    [Fact]
    public void Judge_SpreadOverPodsOfOthers_CountsThoseAlone()
    {
        var demand = Demand("api", 3, "app=api", Spread((Zone, 1, """{"matchLabels":{"app":"web"}}""")));
        V1Node[] nodes = [Node("n1", "a"), Node("n2", "b", """{"unschedulable":true}""")];

        Judge(nodes, [Pod("n1", "ns", "app=web")], demand).Passed.Should().BeTrue();
        Judge(nodes, [Pod("n1", "ns", "app=web"), Pod("n1", "ns", "app=web")], demand).Passed.Should().BeFalse();
    }

    [Theory]
    [InlineData("ns", "app=api", false)]
    [InlineData("ns", "app=other", true)]
    [InlineData("another", "app=api", true)]
    public void Judge_RunningPodThatStandsApart_RefusesWhatItsTermMeans(string ns, string labels, bool passed) =>
        Judge([Node("n1")], [Pod("n1", ns, "app=web", Apart("""{"matchLabels":{"app":"api"}}"""))], Demand("api", 1, labels)).Passed.Should().Be(passed);

    [Theory]
    [InlineData("n1", false)]
    [InlineData("n1,n2", true)]
    public void Judge_TwoWorkloadsOfWhichOneStandsApart_NeedTwoNodes(string nodes, bool passed)
    {
        PodDemand[] demands = [Demand("api", 1, "app=api"), Demand("web", 1, "app=web", Apart("""{"matchLabels":{"app":"api"}}"""))];
        V1Node[] there = [.. nodes.Split(',').Select(name => Node(name))];

        new CapacityJudge("dr", there, []).Judge(demands).All(result => result.Passed).Should().Be(passed);
        new CapacityJudge("dr", there, []).Judge([.. demands.Reverse()]).All(result => result.Passed).Should().Be(passed);
    }

    [Theory]
    [InlineData("""{"matchLabels":{"app":"api"}}""", "unknown: the pod anti-affinity of edge/p-n1 is not weighed here")]
    [InlineData("""{"matchLabels":{"app":"other"}}""", "1 of 0.1 CPU and 100 MiB each fit: n1")]
    public void Judge_RunningPodWhoseTermGoesByLabelsOfNamespaces_IsUnknownWhereItsSelectorMatches(string selector, string value) =>
        Judge([Node("n1")], [Pod("n1", "edge", "app=web", Apart(selector, """, "namespaceSelector":{"matchLabels":{"team":"bank"}}"""))], Demand("api", 1, "app=api")).Value.Should().Be(value);

    [Fact]
    public void Judge_PlannedWorkloadWhoseTermGoesByLabelsOfNamespaces_LeavesTheOtherUnknown()
    {
        var web = Demand("web", 1, "app=web", Apart("""{"matchLabels":{"app":"api"}}""", """, "namespaceSelector":{"matchLabels":{"team":"bank"}}"""));

        new CapacityJudge("dr", [Node("n1")], []).Judge([Demand("api", 1, "app=api"), web]).Select(result => result.Value).Should().Equal(
            "unknown: the pod anti-affinity of ns/deployment/web is not weighed here", "unknown: its pod anti-affinity is not weighed here");
    }

    [Fact]
    public void Judge_RunningPodApartFromAllNamespaces_Refuses() =>
        Judge([Node("n1")], [Pod("n1", "edge", "app=web", Apart("""{"matchLabels":{"app":"api"}}""", """, "namespaceSelector":{}"""))], Demand("api", 1, "app=api")).Value.Should().StartWith("1 of 1 find no node");

    /// <summary>The node without a zone is an empty host only for a rule by host alone.</summary>
    [Fact]
    public void Judge_TwoSpreads_CountNodesThatHaveBothKeys()
    {
        V1Node[] nodes = [Node("n1", "a"), Node("n2", null)];
        const string own = """{"matchLabels":{"app":"api"}}""";

        Judge(nodes, [], Demand("api", 2, "app=api", Spread((Host, 1, own), (Zone, 1, own)))).Passed.Should().BeTrue();
        Judge(nodes, [], Demand("api", 3, "app=api", Spread((Host, 1, own)))).Value.Should().EndWith("each fit: n1, n2");
    }

    /// <summary>The scheduler goes by the label, and knows no other name of a host.</summary>
    [Fact]
    public void Judge_NodeWithoutTheLabelOfItsHost_IsNoHost()
    {
        var node = Node("n1");
        node.Metadata.Labels = null;

        Judge([node], [], Demand("api", 1, "app=api", Spread((Host, 1, """{"matchLabels":{"app":"api"}}""")))).Passed.Should().BeFalse();
        Judge([node], [], Demand("api", 2, "app=api", Apart("""{"matchLabels":{"app":"api"}}"""))).Passed.Should().BeTrue();
    }

    /// <summary>Those of the workload itself are among the ones that are to be placed.</summary>
    [Theory]
    [InlineData("ns", true)]
    [InlineData("another", false)]
    public void Judge_PodThatWaitsWithTheSameLabels_IsTheWorkloadsOwnInItsNamespaceAlone(string ns, bool passed) =>
        Judge([Node("n1", null, "{}", "100m")], [Pod("", ns, "app=api")], Demand("api", 1, "app=api")).Passed.Should().Be(passed);

    private static GateResult Judge(V1Node[] nodes, V1Pod[] pods, PodDemand demand) => new CapacityJudge("dr", nodes, pods).Judge([demand])[0];

    private static string Apart(string selector, string more = "") =>
        $$$$$$""", "affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{{{{{{selector}}}}}}{{{{{{more}}}}}}}]}}""";

    private static string Spread(params (string Key, int Skew, string Selector)[] rules) =>
        $$""", "topologySpreadConstraints":[{{string.Join(',', rules.Select(rule => $$"""{"maxSkew":{{rule.Skew}},"topologyKey":"{{rule.Key}}","whenUnsatisfiable":"DoNotSchedule","labelSelector":{{rule.Selector}}}"""))}}]""";

    private static PodDemand Demand(string name, int count, string labels, string more = "") => new($"ns/deployment/{name}", new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = Labels(labels) }, Spec = Spec(more) }, count);

    private static V1Pod Pod(string node, string ns, string labels, string more = "")
    {
        var pod = new V1Pod { Metadata = new V1ObjectMeta { Name = $"p-{node}", NamespaceProperty = ns, Labels = Labels(labels) }, Spec = Spec(more), Status = new V1PodStatus { Phase = node.Length > 0 ? "Running" : "Pending" } };
        pod.Spec.NodeName = node;
        return pod;
    }

    private static V1PodSpec Spec(string more) => KubernetesJson.Deserialize<V1PodSpec>($$$$$$"""{"containers":[{"name":"main","resources":{"requests":{"cpu":"100m","memory":"100Mi"}}}]{{{{{{more}}}}}}}""");

    private static Dictionary<string, string> Labels(string labels) => labels.Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

    private static V1Node Node(string name, string? zone = null, string spec = "{}", string cpu = "8")
    {
        var node = KubernetesJson.Deserialize<V1Node>(
            $$$$$$"""{"metadata":{"name":"{{{{{{name}}}}}}"},"spec":{{{{{{spec}}}}}},"status":{"allocatable":{"cpu":"{{{{{{cpu}}}}}}","memory":"8Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True"}]}}""");
        node.Metadata.Labels = new Dictionary<string, string> { [Host] = name };
        if (zone is not null)
        {
            node.Metadata.Labels[Zone] = zone;
        }

        return node;
    }
}
