using DrOrchestrator.Credentials;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class ReadinessPhrasesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Say_OfWhatTheGatesWrite_KnowsEverySentence()
    {
        var results = Dark().Concat(Backups()).Concat(People()).Concat(Capacity()).ToList();

        results.Count(result => !result.Passed).Should().BeGreaterThanOrEqualTo(9);
        results.SelectMany(result => (string[])[result.Check, result.Value, result.Limit, result.Source, result.Remedy]).Where(text => text.Length > 0 && !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("See to it, or name others: chen is absent until 2026-11-30; zhao has no training on record", "请处理，或另行指定人员：chen 缺勤至 2026-11-30；zhao 没有培训记录")]
    [InlineData("2 of 5 rights are missing: patch deployments.apps/ledger-api, list pods", "5 项权限中缺 2 项：patch deployments.apps/ledger-api, list pods")]
    [InlineData("all 5 rights", "5 项权限齐备")]
    [InlineData("unknown: the pod anti-affinity of edge/web-0 is not weighed here", "无法判定：未评估 edge/web-0 的容器组反亲和规则")]
    [InlineData("unknown: its pod anti-affinity is not weighed here", "无法判定：未评估其容器组反亲和规则")]
    [InlineData("Apply this at dr and bind it to the user of its kubeconfig: {kind: Role}", "请在 dr 应用以下角色，并绑定到其 kubeconfig 所用账号：{kind: Role}")]
    public void Say_OfRightsAndPeople_SpeaksChinese(string said, string chinese) =>
        System.Text.RegularExpressions.Regex.Replace(Phrasebook.Say(said, Language.Chinese).Markup, "<[^>]*>", "").Should().Be(chinese);

    private static IEnumerable<GateResult> Dark()
    {
        VantageLook down = new("hq", ProbeOutcome.Down, "HTTP 503"), other = new("branch", ProbeOutcome.Down, "HTTP 503"), up = new("cloud", ProbeOutcome.Up, "HTTP 200"), blind = new("hq", ProbeOutcome.Unknown, "it has not looked before");
        foreach (var looks in (VantageLook[][])[[down, other], [down, up], [down], [blind]])
        {
            yield return SiteDarkJudge.Judge("primary", "front", looks, [], 2, TimeSpan.Zero);
            yield return SiteDarkJudge.Judge("primary", "front", looks, ["branch"], 1, TimeSpan.Zero);
        }
    }

    private static IEnumerable<GateResult> Backups() =>
    [
        BackupsVerifiedGate.Judge("ledger", null, TimeSpan.FromDays(7), Now),
        BackupsVerifiedGate.Judge("ledger", new RestoreCheckRun(3, "failed", Now), TimeSpan.FromDays(7), Now),
        BackupsVerifiedGate.Judge("ledger", new RestoreCheckRun(3, "passed", Now), TimeSpan.FromDays(7), Now),
    ];

    private static IEnumerable<GateResult> People()
    {
        var today = new DateOnly(2026, 11, 27);
        var fit = new Person("a", "a", "IT", [PersonRole.Approver], "hash", false) { Trainings = [new Training(today, null)] };
        var plan = new DrOrchestrator.Plans.Plan("p", "p.yaml", "", "1", new Dictionary<string, string>(), DrOrchestrator.Plans.DrillKind.Failover, [DrOrchestrator.Plans.RunMode.Live], [], [], new DrOrchestrator.Plans.PlanContents(new Dictionary<string, string>(), "v"), [], [], [], [], []);
        Person[][] all =
        [
            [],
            [fit],
            [fit with { Trainings = [] }, fit with { Id = "b", Absences = [new Absence(today, today)] }, fit with { Id = "c", TokenSha256 = null }, fit with { Id = "d", Trainings = [new Training(today.AddYears(-3), null)] }],
        ];
        foreach (var people in all)
        {
            var judge = new PeopleJudge(Estate.None with { People = people }, Array.Empty<PersonToken>().ToLookup(token => token.Person), today, TimeSpan.FromDays(365));
            yield return judge.Judge(new PeopleNeed(PersonRole.Approver, null, 1, true), plan);
            yield return judge.Judge(new PeopleNeed(PersonRole.Approver, "IT", 1, true), plan);
        }
    }

    private static IEnumerable<GateResult> Capacity()
    {
        var node = KubernetesJson.Deserialize<V1Node>("""{"metadata":{"name":"n1"},"status":{"allocatable":{"cpu":"2","memory":"4Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True"}]}}""");
        PodDemand Demand(string cpu, int count) => new("ns/deployment/api", KubernetesJson.Deserialize<V1PodTemplateSpec>("""{"spec":{"containers":[{"name":"main","resources":{"requests":{"memory":"1Gi","cpu":"CPU"}}}]}}""".Replace("CPU", cpu, StringComparison.Ordinal)), count);
        var silent = new PodDemand("ns/deployment/api", KubernetesJson.Deserialize<V1PodTemplateSpec>("""{"spec":{"containers":[{"name":"main"}]}}"""), 1);
        return ((V1Node[][])[[node], []]).SelectMany(nodes => ((PodDemand[])[Demand("500m", 2), Demand("3", 1), Demand("1", 0), silent]).SelectMany(demand => new CapacityJudge("dr", nodes, []).Judge([demand])));
    }
}
