using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

public sealed class PlanPreviewTests
{
    [Fact]
    public void Of_GoodPlan_ShowsStepsPeopleAndPointsOfNoReturn()
    {
        using var folder = new EstateFolderBuilder();
        folder.Replace("estate.yaml", "{ id: chen,", "{ id: dro, name: D, department: IT, roles: [approver] }\n  - { id: chen,");
        folder.Replace("failover.yaml", "authors: [requester]", "authors: [requester, dro]");
        var (estate, plans) = folder.LoadGood();

        var lines = PlanPreview.Of(plans["failover"], estate, SmallCatalog.Instance);

        lines.Select(l => $"{l.Step} {l.Kind} {l.Site}|{string.Join(",", l.Needs)}|{l.Answers}|{l.PointOfNoReturn}|{l.Mark}|{l.Timeout.TotalSeconds}|{l.WayBack}").Should().Equal(
            "fence-primary k8s.fence primary|||False|fenced|30|False",
            "promote k8s.job dr|fence-primary|approver (chen)|True|promoted|60|False",
            "wait-b wait |fence-primary||False||30|False",
            "wait-a wait |promote||False||30|False",
            "move-traffic http |wait-a,wait-b|approver (chen)|True||30|False",
            "business-verification task |move-traffic|business-verifier (verifier)|False|business-verified|30|False",
            "rejoin k8s.job primary|business-verification|approver (chen)|True||30|True",
            "unfence k8s.unfence primary|rejoin||False||30|True");
        PlanPreview.Approvals(plans["failover"], estate).Should().Equal("run-approval: 1 of approver (chen) within 10m");
    }
}
