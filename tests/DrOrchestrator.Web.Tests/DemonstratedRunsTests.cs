using DrOrchestrator.Compliance;

namespace DrOrchestrator.Web.Tests;

public sealed class DemonstratedRunsTests
{
    [Fact]
    public void Record_OfAPassedRun_CarriesAllItsFigures()
    {
        var run = Samples.Run();
        var measured = run.Measurement! with { Rpo = run.Measurement!.Rpo! with { NotProtectedSeconds = 2, UnknownSeconds = 7, Met = false } };

        var record = DemonstratedRuns.Record(run with { Measurement = measured, Promoted = "dr", Fingerprint = new Dictionary<string, string> { ["plan"] = "b" } });

        record.Should().BeEquivalentTo(new DemonstratedRecord(7, Samples.Start.AddSeconds(40), "failover", "sandbox", 12.3, 25, 0.48, 0.6, 2, 7)
        {
            Plan = "quickstart-failover",
            Systems = ["ledger"],
            Standby = "dr",
            FingerprintAt = run.OpenedAt,
            FailedBack = true,
            BusinessVerified = true,
            Fingerprint = new Dictionary<string, string> { ["plan"] = "b" },
        });
    }

    [Fact]
    public void Record_OfARunWithoutAWayBackOrVerification_SaysSo()
    {
        var run = Samples.Run();
        var rto = run.Measurement!.Rto! with { VerifiedAt = null };

        DemonstratedRuns.Record(run with { Measurement = run.Measurement with { Rto = rto }, Steps = [.. run.Steps.Where(step => !step.WayBack)] })
            .Should().BeEquivalentTo(new { FailedBack = false, BusinessVerified = false });
        DemonstratedRuns.Record(Samples.Run(outcome: "failed")).Should().BeEquivalentTo(new { Outcome = "failed", FailedBack = false });
    }

    [Fact]
    public void Record_OfAServiceThatDidNotComeBack_HasNoRecoveryTime()
    {
        var run = Samples.Run();

        DemonstratedRuns.Record(run with { Measurement = run.Measurement! with { Rto = run.Measurement!.Rto! with { Restored = false } } }).RtoSeconds.Should().BeNull();
    }

    [Fact]
    public void Past_Run_HasTheStepsOfTheSwitchAndWhyItsGatesFailed()
    {
        var run = Samples.Run();

        var past = DemonstratedRuns.Past(run with { Gates = [run.Gates[0] with { Passed = false }] });

        past.Steps.Select(step => step.Name).Should().Equal("fence-primary", "promote", "start-api", "move-traffic", "verify-business");
        past.Steps[1].Took.Should().Be(TimeSpan.FromSeconds(3));
        past.GateFailure.Should().Be("standby-healthy dr: connected, 500 ms behind");
    }
}
