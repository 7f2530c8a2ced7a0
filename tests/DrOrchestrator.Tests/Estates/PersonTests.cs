using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates;

/// <summary>Roles, rehearsal and live apart.</summary>
public sealed class PersonTests
{
    [Theory]
    [InlineData(PersonRole.Viewer, "tabletop", true)]
    [InlineData(PersonRole.Viewer, "real", true)]
    [InlineData(PersonRole.Approver, "rehearsal", true)]
    [InlineData(PersonRole.Approver, "live", false)]
    [InlineData(PersonRole.Operator, "rehearsal", false)]
    [InlineData(PersonRole.Operator, "live", true)]
    [InlineData(PersonRole.Admin, "live", false)]
    public void Has_RolesOfAnEstateWithModes_HoldInTheirModesAlone(PersonRole role, string mode, bool has)
    {
        using var folder = new EstateFolderBuilder();
        folder.Replace("estate.yaml", "roles: [operator]", "roles: [viewer, { operator: [live] }, { approver: [tabletop, rehearsal] }]");

        var person = folder.LoadGood().Estate.FindPerson("requester")!;

        person.Has(role, mode).Should().Be(has);
    }

    [Theory]
    [InlineData(new[] { "rehearsal", "tabletop" }, false)]
    [InlineData(new[] { "rehearsal", "real" }, true)]
    [InlineData(new[] { "live" }, true)]
    public void HasInProduction_ARoleWithModes_NeedsLiveOrReal(string[] modes, bool has)
    {
        var person = new Person("chen", "Chen", "IT", [PersonRole.Approver], null, false) { ModesOf = new Dictionary<PersonRole, IReadOnlyList<string>> { [PersonRole.Approver] = modes } };

        person.HasInProduction(PersonRole.Approver).Should().Be(has);
    }

    [Fact]
    public void PrincipalOf_TheLocalOperator_IsWhomTheEstateNames()
    {
        var estate = Estate.None with { LocalOperator = "li-wei" };

        estate.PrincipalOf("operator").Should().Be("li-wei");
        estate.PrincipalOf("chen").Should().Be("chen");
        Estate.None.PrincipalOf("operator").Should().Be("operator");
    }
}
