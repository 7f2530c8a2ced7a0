using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class BackupsVerifiedGateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("passed", 6, true)]
    [InlineData("passed", 8, false)]
    [InlineData("failed", 1, false)]
    [InlineData("switched-not-returned", 1, false)]
    public void Judge_Newest_MustHavePassedWithinTheLimit(string outcome, int daysAgo, bool passed)
    {
        var result = BackupsVerifiedGate.Judge("ledger", new RestoreCheckRun(4, outcome, Now.AddDays(-daysAgo)), TimeSpan.FromDays(7), Now);

        result.Passed.Should().Be(passed);
        result.Value.Should().StartWith($"run 4 {outcome}, closed 2026-11-");
        result.Age.Should().Be(TimeSpan.FromDays(daysAgo));
    }

    [Fact]
    public async Task Check_RunsOnRecord_OnlyRestoreChecksThatWereCarriedOutCount()
    {
        await using var bench = new DrillBench { Kind = DrillKind.Failover };
        bench.Step("look", "look");
        await bench.CarryAsync(await bench.OpenAsync());
        (await CheckAsync(bench)).Value.Should().Be("no restore check is on record");

        bench.Kind = DrillKind.Restore;
        bench.Restart();
        await bench.CarryAsync(await bench.OpenAsync(RunMode.Tabletop));
        (await CheckAsync(bench)).Value.Should().Be("no restore check is on record", "a tabletop restores nothing");

        var run = await bench.OpenAsync();
        await bench.CarryAsync(run);
        (await bench.ShowAsync(run)).Outcome.Should().Be("passed");
        var result = await CheckAsync(bench);
        result.Passed.Should().BeTrue();
        result.Value.Should().StartWith($"run {run} passed, closed ");
    }

    private static async Task<GateResult> CheckAsync(DrillBench bench) =>
        (await new BackupsVerifiedGate(bench.Reading, new ProcessClock(bench.Time)).CheckAsync(StepBench.Parameters("""{"within":"7d"}"""), StepBench.Plan with { Systems = ["ledger"] }, DrOrchestrator.Estates.Estate.None, default)).Single();
}
