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
        DemonstratedRuns.Record(Samples.Run(outcome: "switched-not-returned")).FailedBack.Should().BeFalse("it serves from the other site");
        DemonstratedRuns.Record(Samples.Run(outcome: "switched-not-returned") with { ClosedByRun = 9 }).FailedBack.Should().BeTrue("a later run brought it home");
        DemonstratedRuns.Record(Samples.Run(outcome: "failed")).Should().BeEquivalentTo(new { Outcome = "failed", FailedBack = false });
    }

    [Fact]
    public void Record_OfARunOfSeveralSystems_SpeaksForEachWithItsOwnFigures()
    {
        var run = Samples.Run();
        var one = run.Measurement!;
        var both = run with
        {
            Systems = ["ledger", "cards"],
            Measurement = new(null, null, null, null)
            {
                Systems =
                [
                    new("ledger", one.Rto, one.Rpo, null, null),
                    new("cards", one.Rto! with { UpperSeconds = 99, VerifiedAt = null }, null, null, null),
                ],
            },
            PromotedSites = new Dictionary<string, string> { ["ledger"] = "dr", ["cards"] = "remote" },
        };

        DemonstratedRuns.Record(both.For("ledger")).Should().BeEquivalentTo(new { Systems = new[] { "ledger" }, RtoSeconds = 12.3, Lost = 25L, Standby = "dr", BusinessVerified = true });
        DemonstratedRuns.Record(both.For("cards")).Should().BeEquivalentTo(new { Systems = new[] { "cards" }, RtoSeconds = 99.0, Lost = (long?)null, Standby = "remote", BusinessVerified = false });
        DemonstratedRuns.Record((both with { Measurement = one }).For("cards")).RtoSeconds.Should().BeNull("an old record of several systems measured the first only");
        DemonstratedRuns.Record((both with { Measurement = one }).For("ledger")).RtoSeconds.Should().Be(12.3);
        DemonstratedRuns.Past(both.For("cards")).Should().BeEquivalentTo(new { Systems = new[] { "cards" }, RtoSeconds = 99.0 });
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
