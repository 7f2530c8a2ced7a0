using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Plans;

/// <summary>What <c>dro check</c> says of the people a plan needs: refused where nobody could, warned where only one could.</summary>
public sealed class PlanPeopleTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    [Fact]
    public void Load_OnePersonForEachWord_WarnsOfEach()
    {
        var warnings = _folder.LoadGood().Warnings.Select(warning => warning.ToString());

        warnings.Should().Equal(
            "estate.yaml:32:5: nobody is named as the local operator: whoever asks for a run with the data folder's token could approve it with a token of their own. Add 'local-operator: PERSON' with who uses operator.token.",
            "failover.yaml:1:7: only requester could ask for a run. Give the role operator to more people.",
            "failover.yaml:11:33: only chen could approve: with chen away nobody can run it. Give the role to more people.");
    }

    [Fact]
    public void Load_EnoughPeopleAndALocalOperator_WarnsOfNothing()
    {
        _folder.Replace("estate.yaml", "bcm:", "local-operator: requester\nbcm:")
            .Replace("estate.yaml", "roles: [approver, viewer] }", "roles: [approver, viewer] }\n  - { id: wang, name: Wang, department: IT, roles: [approver, operator] }");

        _folder.LoadGood().Warnings.Should().BeEmpty();
    }

    [Fact]
    public void Load_ApproversOfRehearsalsOnly_AreNoApproversOfALivePlan()
    {
        _folder.Replace("estate.yaml", "roles: [approver, viewer]", "roles: [viewer, { approver: [tabletop, rehearsal] }]");

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal(
            "failover.yaml:11:33: 1 must approve in runs of mode live, but only 0 with the role 'approver' did not write the plan; allowed: approval by people who did not write the plan. Give the role to more people, lower the quorum, or ask another role.");
    }

    public void Dispose() => _folder.Dispose();
}
