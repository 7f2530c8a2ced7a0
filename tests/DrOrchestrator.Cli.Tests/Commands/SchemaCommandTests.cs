using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Cli.Tests.Commands;

public class SchemaCommandTests
{
    [Fact]
    public async Task Schema_OfPlans_TakesEveryRunbookThatIsShipped()
    {
        var ran = await Shell.RunAsync("schema", "plan");

        ran.ExitCode.Should().Be(ExitCodes.Fine);
        var schema = JsonNode.Parse(ran.Out)!.AsObject();
        var runbooks = Directory.GetFiles(EstateReading.ShippedRunbooks, "*.yaml");
        runbooks.Should().NotBeEmpty();
        foreach (var runbook in runbooks)
        {
            PlanSchemaJudge.Problems(schema, File.ReadAllText(runbook)).Should().BeEmpty(because: Path.GetFileName(runbook));
        }
    }

    [Fact]
    public async Task Schema_WithAnEstate_KnowsItsNames()
    {
        using var estate = RealKindsPlan.NewEstate();

        var ran = await Shell.RunAsync("schema", "plan", "--estate", estate.Folder);

        ran.ExitCode.Should().Be(ExitCodes.Fine);
        var schema = JsonNode.Parse(ran.Out)!.AsObject();
        PlanSchemaJudge.Problems(schema, RealKindsPlan.Text).Should().BeEmpty();
        PlanSchemaJudge.Problems(schema, RealKindsPlan.Text.Replace("site: dr", "site: moon", StringComparison.Ordinal)).Should().NotBeEmpty();
    }

    [Fact]
    public async Task Schema_OfEstates_TakesAGoodOne()
    {
        var ran = await Shell.RunAsync("schema", "estate");

        ran.ExitCode.Should().Be(ExitCodes.Fine);
        PlanSchemaJudge.Problems(JsonNode.Parse(ran.Out)!.AsObject(), EstateFolderBuilder.GoodEstate).Should().BeEmpty();
    }
}
