using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Plans;

/// <summary>What a plan to begin with must offer, or it is of no use in a disaster and nobody has sat over it beforehand.</summary>
public sealed class ShippedPlansTests
{
    [Fact]
    public void Modes_OfPlansThatSwitchASystem_HoldTabletop_AndRealWhereADisasterAsksForThem()
    {
        var plans = Directory.GetFiles(PostgresLab.Runbooks, "*.yaml").Where(file => !Path.GetFileName(file).StartsWith("quickstart-", StringComparison.Ordinal) && Path.GetFileName(file) != "tabletop.yaml").Select(File.ReadAllLines).ToList();
        var unplanned = plans.Where(lines => Value(lines, "kind") is "failover" or "failback").ToList();

        unplanned.Should().HaveCountGreaterThanOrEqualTo(4).And.OnlyContain(lines => Value(lines, "modes") == "[tabletop, live, real]");
        plans.Where(lines => Value(lines, "kind") is "switchover").Should().HaveCountGreaterThanOrEqualTo(2).And.OnlyContain(lines => Value(lines, "modes").StartsWith("[tabletop, live", StringComparison.Ordinal));
    }

    private static string Value(string[] lines, string key) => lines.First(line => line.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Trim();
}
