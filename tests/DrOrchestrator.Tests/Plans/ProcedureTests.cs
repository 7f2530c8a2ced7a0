using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>One plan for several systems: the order that dependencies and priorities ask for (7.5 a, content 8), and whose each step is.</summary>
public sealed class ProcedureTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = TwoSystems.NewFolder();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_GoodPlan_KnowsWhoseEachStepIs()
    {
        var plan = _folder.LoadGood().Plans["both"];

        plan.Steps.Select(step => (step.Name, step.System)).Should().Equal(
            ("decide", null), ("fence-ledger", "ledger"), ("fence-cards", "cards"), ("promote-ledger", "ledger"), ("healthy-ledger", "ledger"), ("promote-cards", "cards"), ("healthy-cards", "cards"), ("verify", null));
        _folder.LoadGood().Plans["failover"].Steps.Should().OnlyContain(step => step.System == "ledger", "in a plan of one system every step is of that one");
    }

    [Fact]
    public void Procedure_WhatASystemDependsOn_ComesFirst_WhateverTheOrderInThePlan()
    {
        var (estate, plans) = _folder.LoadGood();

        PlanPreview.Procedure(plans["both"], estate).Should().Equal("1 ledger (priority 3)", "2 cards (priority 3) after ledger");
        PlanPreview.Procedure(plans["failover"], estate).Should().BeEmpty();
    }

    [Fact]
    public void Order_WithoutDependencies_IsByPriority_DeclaredBeforeTheTiers()
    {
        _folder.Replace("estate.yaml", "    depends-on: [ledger]\n", "    recovery-priority: 1\n").Replace("both.yaml", "needs: [promote-cards, healthy-ledger]", "needs: [promote-cards]");

        RecoveryOrder.Of(["ledger", "cards"], _folder.LoadGood().Estate).Select(rank => (rank.System, rank.Priority)).Should().Equal(("cards", 1), ("ledger", 3));
    }

    [Theory]
    [InlineData("mark: application-healthy, needs: [promote-cards, healthy-ledger]", "mark: application-healthy, needs: [promote-cards]", "both.yaml:19:5: 'cards' depends on 'ledger', but 'healthy-cards' may be done before 'healthy-ledger'; allowed: what a system depends on first. Let 'healthy-cards' need 'healthy-ledger'.")]
    [InlineData("kind: k8s.fence, system: cards,", "kind: k8s.fence,", "both.yaml:15:9: the mark 'fenced' of 'fence-cards' belongs to no system; allowed: cards, ledger. Add 'system:': each system has a clock and a count of its own.")]
    [InlineData("kind: wait, system: ledger,", "kind: wait, system: legder,", "both.yaml:17:49: there is no system 'legder'; allowed: ledger, cards; did you mean 'ledger'? Declare the system or correct the name.")]
    [InlineData("{ name: promote-cards, kind: k8s.job,", "{ name: promote-cards, system: ledger, kind: k8s.job,", "both.yaml:18:36: a step of 'ledger' that promotes 'cards'; allowed: cards. Let a step promote its own system.")]
    public void Load_BadProcedure_IsRefusedWithItsPlace(string good, string bad, string error)
    {
        _folder.Replace("both.yaml", good, bad);

        _folder.LoadErrors().Select(found => found.ToString()).Should().Contain(error);
    }

    [Fact]
    public void Load_SystemWithoutAStep_IsRefused()
    {
        _folder.Replace("failover.yaml", "systems: [ledger]", "systems: [ledger, cards]").Replace("estate.yaml", "    depends-on: [ledger]\n", "");

        _folder.LoadErrors().Select(found => found.ToString()).Should().Contain(
            "failover.yaml:6:10: the system 'cards' has no step in the switch; allowed: a step with 'system:' for each. Give it its steps, or take it out of the plan.");
    }

    [Fact]
    public void Load_MoreUrgentSystemThatWaitsForAnother_IsRefused()
    {
        _folder.Replace("estate.yaml", "    depends-on: [ledger]\n", "    recovery-priority: 1\n");
        _folder.Replace("both.yaml", "needs: [fence-cards] }", "needs: [fence-cards, healthy-ledger] }");

        _folder.LoadErrors().Select(found => found.ToString()).Should().Equal(
            "both.yaml:18:5: 'promote-cards' of 'cards' (priority 1) waits for 'fence-ledger' of 'ledger' (priority 3), on which it does not depend; allowed: the more urgent system first, or side by side. Change the order, use 'parallel:' or 'needs:', or declare the dependency in the estate.");
    }
}
