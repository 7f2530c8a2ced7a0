using System.Text.Json.Nodes;

namespace DrOrchestrator.Cli.Tests.Commands;

public class TierCommandTests
{
    [Theory]
    [InlineData("internal-support", "minor", 1)]
    [InlineData("internal-support", "moderate", 2)]
    [InlineData("internal-support", "severe", 3)]
    [InlineData("internal-operations", "minor", 2)]
    [InlineData("internal-operations", "moderate", 3)]
    [InlineData("internal-operations", "severe", 4)]
    [InlineData("financial-rights", "minor", 3)]
    [InlineData("financial-rights", "moderate", 4)]
    [InlineData("financial-rights", "severe", 5)]
    [InlineData("national-stability", "minor", 4)]
    [InlineData("national-stability", "moderate", 5)]
    [InlineData("national-stability", "severe", 6)]
    public async Task Classify_EveryPair_IsTheTierOfTable1(string scope, string severity, int tier)
    {
        var ran = await Shell.RunAsync("tier", "classify", "--scope", scope, "--severity", severity, "--output", "json");

        ran.ExitCode.Should().Be(0);
        JsonNode.Parse(ran.Out)!["requiredTier"]!.GetValue<int>().Should().Be(tier);
    }

    [Fact]
    public async Task Classify_AsText_ShowsEveryLimitWithItsSource()
    {
        var ran = await Shell.RunAsync("tier", "classify", "--scope", "financial-rights", "--severity", "moderate");

        ran.Out.Should().Be(
            """
            financial-rights, moderate: tier 4
              RTO                        <= 4h
              RPO                        <= 1h
              unplanned downtime a year  <= 10h
              availability               >= 99.9%
              source                     JR/T 0199-2020 annex table 2, tier 4
              rules                      JR/T 0199-2020 annex, reading 1

            """);
    }

    [Fact]
    public async Task Classify_FintechProductBelowTier3_IsHeldTo3AndSaysWhy()
    {
        var ran = await Shell.RunAsync("tier", "classify", "--scope", "internal-support", "--severity", "minor", "--fintech-product");

        ran.Out.Should().StartWith("internal-support, minor: tier 3 (table 1 says 1; a fintech product needs 3)\n");
    }

    [Fact]
    public async Task Classify_TierWithoutLimits_SaysSo()
    {
        var ran = await Shell.RunAsync("tier", "classify", "--scope", "internal-support", "--severity", "minor");

        ran.Out.Should().Contain("table 2 has none for tiers 1 and 2");
    }
}
