using System.Security.Cryptography;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

public sealed class PlanLoaderTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Plan Good() => _folder.LoadGood().Plans["failover"];

    [Fact]
    public void Load_GoodPlan_HasExactlyTheDeclaredValues()
    {
        var plan = Good();

        plan.File.Should().Be("failover.yaml");
        plan.Hash.Should().Be(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder.Folder, "failover.yaml")))));
        plan.Version.Should().Be("1");
        plan.Title.Should().Equal(new Dictionary<string, string> { ["en"] = "Failover of the ledger" });
        plan.Kind.Should().Be(DrillKind.Failover);
        plan.Modes.Should().Equal(RunMode.Live, RunMode.Tabletop);
        plan.Systems.Should().Equal("ledger");
        plan.Authors.Should().Equal("requester");
        plan.Contents.VerificationStep.Should().Be("business-verification");
        plan.Contents.Texts.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["scenarios"] = "s",
            ["organisation"] = "o",
            ["decision"] = "d",
            ["response"] = "r",
            ["tools"] = "t",
            ["workingRules"] = "w",
            ["targets"] = "t",
            ["procedure"] = "p",
            ["manual"] = "m",
            ["verification"] = "v",
        });
        plan.Approvals.Should().Equal(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        plan.Gates.Select(gate => gate.Kind).Should().Equal("targets-exist", "standby-healthy");
        plan.Gates[0].Parameters.Texts("workloads").Should().Equal("StatefulSet/ledger-store");
        plan.SteadyState.Should().ContainSingle().Which.Parameters.Text("name").Should().Be("ledger-posting");
    }

    [Fact]
    public void Load_GoodSteps_TakeTheirPlaceInTheOrder()
    {
        var plan = Good();

        plan.AllSteps.Select(step => $"{step.Name} <- {string.Join(" ", step.Needs)}").Should().Equal(
            "fence-primary <- ",
            "promote <- fence-primary",
            "wait-a <- promote",
            "wait-b <- fence-primary",
            "move-traffic <- wait-a wait-b",
            "business-verification <- move-traffic",
            "rejoin <- business-verification",
            "unfence <- rejoin");
        plan.WayBack.Select(step => step.Name).Should().Equal("rejoin", "unfence");
    }

    [Fact]
    public void Load_GoodSteps_HaveExactlyTheDeclaredValues()
    {
        var steps = Good().AllSteps.ToDictionary(step => step.Name);

        var fence = steps["fence-primary"];
        (fence.Kind, fence.Site, fence.Mark, fence.PointOfNoReturn, fence.Timeout, fence.Retries, fence.OnFailure)
            .Should().Be(("k8s.fence", "primary", RtoMark.Fenced, false, TimeSpan.FromSeconds(30), 0, null));
        fence.Title["zh-CN"].Should().Be("隔离");
        var promote = steps["promote"];
        (promote.PointOfNoReturn, promote.Timeout, promote.OnFailure).Should().Be((true, TimeSpan.FromMinutes(1), OnFailure.Stop));
        promote.Promotes.Should().Be(new Promotion("ledger", "fence-primary"));
        promote.Parameters.Texts("command").Should().Equal("ledger", "promote", "--proof=${steps.fence-primary.proof}");
        var traffic = steps["move-traffic"];
        (traffic.Site, traffic.PointOfNoReturn, traffic.Retries).Should().Be((null, true, 2));
        traffic.Parameters.Values.ToJsonString().Should().Be(
            """{"endpoint":"front-door","method":"PUT","path":"/route","body":{"site":"dr","epoch":"${steps.promote.epoch}","n":3,"r":1.5,"on":true,"off":null,"s":"4"},"status":"${steps.promote.epoch}","follow":false,"accept":["a","b"]}""");
    }

    [Fact]
    public void Load_OneFileAgainstAnEstate_GivesTheSamePlan()
    {
        var (estate, plans) = _folder.LoadGood();

        var result = PlanLoader.Load(Path.Combine(_folder.Folder, "failover.yaml"), estate, SmallCatalog.Instance);

        result.Should().BeOfType<PlanLoadResult.Loaded>().Which.Plan.Hash.Should().Be(plans["failover"].Hash);
    }

    [Fact]
    public void Load_OneFileThatIsNotThere_IsRefused()
    {
        var result = PlanLoader.Load(Path.Combine(_folder.Folder, "absent.yaml"), _folder.LoadGood().Estate, SmallCatalog.Instance);

        result.Should().BeOfType<PlanLoadResult.Refused>().Which.Errors.Should().Equal(
            new EstateError("absent.yaml", 0, 0, "the file cannot be read (FileNotFoundException)", "", null, "Check that it is a file and that this user may read it."));
    }

    [Fact]
    public void Load_MoreThan1200Steps_IsRefused()
    {
        var more = string.Concat(Enumerable.Range(0, 1200).Select(i => $"  - {{ name: w{i}, kind: wait, with: {{ for: 1s }} }}\n"));
        _folder.Write("failover.yaml", EstateFolderBuilder.GoodPlan + more);

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal("failover.yaml:18:3: 1208 steps; allowed: up to 1200. Split the plan.");
    }

    [Fact]
    public void Load_NoSteps_IsRefused()
    {
        var plan = EstateFolderBuilder.GoodPlan;
        _folder.Write("failover.yaml", plan[..plan.IndexOf("steps:\n", StringComparison.Ordinal)]);

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal(
            "failover.yaml:1:1: a plan without 'steps'; allowed: a list. Add 'steps:'.",
            "failover.yaml:9:81: there is no step 'business-verification'; allowed: none is declared. Name the step in which the business verifies.");
    }
}
