using DrOrchestrator.Compliance;

namespace DrOrchestrator.Web.Tests;

public sealed class DemonstratedRunsTests
{
    private readonly FakeDrills _drills = new();

    [Fact]
    public async Task Newest_OfAPassedRun_CarriesAllItsFigures()
    {
        var run = Samples.Run();
        var measured = run.Measurement!;
        _drills.Runs.Add(run with { Measurement = measured with { Rpo = measured.Rpo! with { NotProtectedSeconds = 2, UnknownSeconds = 7, Met = false } } });

        var record = await new DemonstratedRuns(_drills).NewestAsync("ledger", CancellationToken.None);

        record.Should().Be(new DemonstratedRecord(7, Samples.Start.AddSeconds(40), "failover", "sandbox", 12.3, 25, 0.48, 0.6, 2, 7));
    }

    [Theory]
    [InlineData("failed", "ledger")]
    [InlineData("waiting", "ledger")]
    [InlineData("passed", "payments")]
    public async Task Newest_OfARunThatShowsNothing_IsNone(string outcome, string system)
    {
        _drills.Runs.Add(Samples.Run(outcome: outcome));

        (await new DemonstratedRuns(_drills).NewestAsync(system, CancellationToken.None)).Should().BeNull();
    }
}
