using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Compliance;

public class VantagePointFindingsTests
{
    private static readonly ProbeDefinition Probe =
        new("web", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), 2, new TcpProbeSettings("h", 1));

    private static readonly VantageStanding Own = new("dc-a", true, true, null, 1, null);
    private static readonly VantageStanding Voting = new("dc-b", false, true, DateTimeOffset.UnixEpoch, 1, null);
    private static readonly VantageStanding Silent = new("dc-c", false, false, DateTimeOffset.UnixEpoch, 1, "silent");

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void BlindSpots_TwoThatVote_AreEnough(int tier)
    {
        BlindSpots(tier, Own, Voting).Should().BeEmpty();
        BlindSpots(tier, Own, Voting, Silent).Should().BeEmpty();
    }

    [Fact]
    public void BlindSpots_TheOtherIsSilent_NamesIt() =>
        BlindSpots(6, Own, Silent).Should().Equal("tier 6 wants two vantage points; dc-a alone votes now; vantage point dc-c does not vote: silent");

    [Fact]
    public void BlindSpots_OneDeclared_IsOne() => BlindSpots(6, Own).Should().Equal("tier 6 wants two vantage points; there is one");

    [Fact]
    public void BlindSpots_NoControlTargetWhereItIsDecided_IsOne() => BlindSpots(5, Own with { Controls = 0 }, Voting).Should().Equal(
        "vantage point dc-a, which decides, has no control target; it takes a failure of its own network for one of the service");

    [Fact]
    public void BlindSpots_NoControlTargetWhereOneVotes_IsOne() => BlindSpots(5, Own, Voting with { Controls = 0 }).Should().Equal(
        "vantage point dc-b, which votes, has no control target; that it sees something down does not count while the server cannot look");

    [Fact]
    public void BlindSpots_LowerTiers_WantNone() => BlindSpots(4, Own with { Controls = 0 }, Silent).Should().BeEmpty();

    [Fact]
    public void BlindSpots_SeveralVantagePoints_CountTheirWayToAgree()
    {
        var slow = Probe with { Interval = TimeSpan.FromSeconds(3), Confirmations = 4, ConfirmationsOf = 4 };

        BlindSpots(slow, Own).Should().NotContain(spot => spot.Contains("may take"));
        BlindSpots(slow, Own, Voting).Should().Equal("probe web may take 32 s to confirm an interruption; a quarter of the RTO is 30 s");
        BlindSpots(slow, Own, Silent with { Why = "votes need PostgreSQL" }).Should().NotContain(spot => spot.Contains("may take"), "there this server decides alone");
    }

    [Fact]
    public void BlindSpots_NOfM_CountsItsWindow() =>
        BlindSpots(Probe with { Confirmations = 3, ConfirmationsOf = 10 }, Own).Should().Contain("probe web may take 32 s to confirm an interruption; a quarter of the RTO is 30 s");

    [Fact]
    public void OfVantagePoints_EveryOneThatDoesNotVote_IsAFindingWithItsRemedy()
    {
        var findings = ClauseFindings.OfVantagePoints([Own, Voting, Silent, Silent with { Name = "dc-d", Why = "votes need PostgreSQL" }]);

        findings.Should().Equal(
            new ClauseFinding("rule 9", "vantage point dc-c does not vote: silent", "Start 'dro look' there with the same estate, or take the vantage point out of it."),
            new ClauseFinding("rule 9", "vantage point dc-d does not vote: votes need PostgreSQL", "Keep the records in PostgreSQL (dro serve --database), or declare one vantage point only."));
    }

    private static IReadOnlyList<string> BlindSpots(int tier, params VantageStanding[] points) => FitToSee.BlindSpots(TierTable.Current.LimitsOf(tier)!, [Probe], points);

    private static IReadOnlyList<string> BlindSpots(ProbeDefinition probe, params VantageStanding[] points) => FitToSee.BlindSpots(TierTable.Current.LimitsOf(6)!, [probe], points);
}
