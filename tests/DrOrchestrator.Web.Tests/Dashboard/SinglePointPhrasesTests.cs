using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Web.Dashboard.Phrases;
using k8s.Models;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class SinglePointPhrasesTests
{
    [Fact]
    public void Say_OfWhatTheGateWrites_KnowsEverySentence()
    {
        var (a, b, silent) = (Node("n1", "a"), Node("n2", "b"), Node("n3", null));
        V1PodDisruptionBudget[] budgets = [Budget("x", maxUnavailable: "1"), Budget("x", maxUnavailable: "0"), Budget("x", maxUnavailable: "9"), Budget("x", maxUnavailable: "some")];
        var results = (from declared in (int[])[0, 1, 2]
                       from nodes in (V1Node[][])[[], [a], [a, b], [silent, a]]
                       from pods in (V1Pod[][])[[], [Pod("n1")], [Pod("n1"), Pod("n1")], [Pod("n1"), Pod("n2")], [Pod("n3"), Pod("n3")]]
                       from key in (string?[])[null, "kubernetes.io/hostname", "topology.kubernetes.io/zone"]
                       from budget in (V1PodDisruptionBudget[][])[[], [budgets[0]], [budgets[1]], [budgets[2]], [budgets[3]], budgets]
                       from keeps in (bool?[])[null, true, false]
                       from started in (bool[])[false, true]
                       from others in (OtherPods[][])[[], [new OtherPods("deployment/web", new Dictionary<string, string> { ["app"] = "api", ["cnpg.io/cluster"] = "pg" }), new OtherPods("web-0", new Dictionary<string, string> { ["app"] = "api", ["cnpg.io/cluster"] = "pg" })]]
                       from accepted in (string[])["", "ns/clusters/pg nodes"]
                       from result in new SinglePointsJudge(new Dictionary<string, string> { [accepted] = "one node by design" }).Judge(Seen(declared, nodes, pods, key, budget, keeps) with { IsToBeStarted = started, Others = others })
                       select result).ToList();
        var unread = Seen(2, [], [], null, [], null) with { Pods = new Sighting<V1Pod>(null, "403 no", "See that the API of the site answers."), Nodes = new Sighting<V1Node>(null, "no answer in time", "See that the API of the site answers.") };
        results.AddRange(new SinglePointsJudge(new Dictionary<string, string>()).Judge(unread));

        results.Should().Contain(result => result.Passed).And.Contain(result => !result.Passed);
        results.Where(result => !result.Value.Contains("403", StringComparison.Ordinal)).SelectMany(result => (string[])[result.Check, result.Value, result.Limit, result.Source, result.Remedy])
            .Where(text => text.Length > 0 && !Phrasebook.Knows(text)).Distinct().Should().BeEmpty();
    }

    [Theory]
    [InlineData("single-points-of-failure dr ledger/deployment/api disruption-budget", "无单点故障：dr ledger/deployment/api 中断预算")]
    [InlineData("single-points-of-failure dr ledger/deployment/api", "无单点故障：dr ledger/deployment/api")]
    [InlineData("one replica: nothing serves while it is away; accepted by the plan: CHG-9", "只有一个副本：其不可用时没有服务；预案已接受：CHG-9")]
    [InlineData("unknown: how many replicas it is given another step will tell", "无法判定：其副本数要由另一步骤给出")]
    public void Say_OfTheGate_SpeaksChinese(string said, string chinese) => ChineseText.Of(said).Should().Be(chinese);

    private static SeenWorkload Seen(int declared, V1Node[] nodes, V1Pod[] pods, string? key, V1PodDisruptionBudget[] budgets, bool? keeps)
    {
        var labels = new Dictionary<string, string> { ["app"] = "api" };
        V1PodAffinityTerm[] apart = key is null ? [] : [new V1PodAffinityTerm { TopologyKey = key, LabelSelector = new V1LabelSelector { MatchLabels = labels } }];
        var template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = new V1PodSpec { Affinity = new V1Affinity { PodAntiAffinity = new V1PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = apart } } } };
        return new SeenWorkload(
            new ReliedWorkload("dr", "ns", "clusters/pg", null, false), declared, template, new Sighting<V1Pod>(pods, "", ""), new Sighting<V1Node>(nodes, "", ""), new Sighting<V1PodDisruptionBudget>(budgets, "", ""), keeps);
    }

    private static V1Node Node(string name, string? zone) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = zone is null ? null : new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = zone } },
        Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }] },
    };

    private static V1Pod Pod(string node) => new()
    {
        Metadata = new V1ObjectMeta(),
        Spec = new V1PodSpec { NodeName = node },
        Status = new V1PodStatus { Phase = "Running", Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }] },
    };

    private static V1PodDisruptionBudget Budget(string name, string maxUnavailable) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1PodDisruptionBudgetSpec { MaxUnavailable = maxUnavailable, Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "api", ["cnpg.io/cluster"] = "pg" } } },
    };
}
