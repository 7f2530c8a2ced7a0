using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The shipped plan of a planned switchover and its way back, over two real servers that replicate asynchronously, with a writer attached to each all the time.</summary>
public sealed class SwitchoverTests
{
    [Fact]
    public async Task Switchover_AndBack_LosesNoAcknowledgedRow()
    {
        await using var lab = await PostgresLab.StartAsync(plans: ["postgres-switchover.yaml"]);

        var run = await lab.StartRunAsync("postgres-switchover");
        var view = await lab.EndOfAsync(run);

        view.Outcome.Should().Be("passed", $"{view.Failure} {string.Join("; ", view.Gates.Where(gate => !gate.Passed))}");
        await lab.AtPrimary.WaitForAsync(20);
        lab.AtDr.Acknowledged.Should().NotBeEmpty("it served between the two switches");
        lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.AtDr.Acknowledged.Select(row => row.Number).Except(await lab.AtDr.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.ChangesOfSide().Should().Be(2, "primary, then dr, then primary again");
        (await lab.Dr.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
    }
}
