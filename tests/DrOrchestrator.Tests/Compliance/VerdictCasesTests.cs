using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>The verdict rules' hard cases, each named.</summary>
public sealed class VerdictCasesTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NextYear = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Judge_364UnknownDays_IsIndeterminate()
    {
        var unknown = TimeSpan.FromDays(364);
        var year = AvailabilityFigures.Of(new Downtime(NewYear, NextYear, TimeSpan.Zero, TimeSpan.Zero, unknown, unknown, TimeSpan.Zero, TimeSpan.Zero));

        foreach (var tier in new[] { 3, 4, 5, 6 })
        {
            var verdicts = Judge(tier, Facts(year));
            Of(verdicts, "downtime").Verdict.Should().Be(Verdict.Indeterminate);
            Of(verdicts, "availability").Verdict.Should().Be(Verdict.Indeterminate);
            Of(verdicts, "overall").Verdict.Should().Be(Verdict.Indeterminate);
        }
    }

    [Fact]
    public void Judge_RunningYear_NeverSaysMetHoweverGood()
    {
        var year = Year(TimeSpan.Zero, NextYear.AddSeconds(-1)) with { WholeTo = NextYear };

        Of(Judge(4, Facts(year)), "downtime").Should().BeEquivalentTo(new { Verdict = Verdict.Indeterminate, Reason = "within limits so far; the year is not over; observed 364 days of the year" });
    }

    [Fact]
    public void Judge_ServiceTimePolicy_TakesCommittedTimeAndPrintsIt()
    {
        // 100 h of committed time in the year: 6 min down are 99.9 %, one second more is not.
        Verdict At(double seconds)
        {
            var down = TimeSpan.FromSeconds(seconds);
            var year = AvailabilityFigures.Of(new Downtime(NewYear, NextYear, down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(50))
            {
                Service = new ServiceTime(TimeSpan.FromHours(100), down, down, down, TimeSpan.Zero),
            });
            var verdict = Of(Judge(4, Facts(year) with { ServiceTimePolicy = "policy 5" }), "availability");
            verdict.Limit.Should().Be("99.9% (JR/T 0199-2020 annex table 2, tier 4), unplanned interruptions over committed service time by policy 5");
            Of(Judge(4, Facts(year)), "availability").Verdict.Should().Be(Verdict.Breached, "around the clock, 50 h of maintenance count");
            return verdict.Verdict;
        }

        At(360).Should().Be(Verdict.Met);
        At(361).Should().Be(Verdict.Breached);
    }

    [Fact]
    public void Judge_ServiceTimeOfAYearThatRuns_TakesTheCalendarsWholeYear()
    {
        // Half the year committed 80 h, the other half 20 h: of 100 h, 0.1 % are 6 min.
        Verdict At(double seconds)
        {
            var down = TimeSpan.FromSeconds(seconds);
            var half = new Downtime(NewYear, NewYear.AddDays(182.5), down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero)
            {
                Service = new ServiceTime(TimeSpan.FromHours(80), down, down, down, TimeSpan.Zero),
            };
            var year = AvailabilityFigures.OfWindow(new AvailabilityReading("ledger", new AvailabilityWindow("year", NewYear, half.To, NextYear), half) { WholeCommitted = TimeSpan.FromHours(100) });
            return Of(Judge(4, Facts(year) with { ServiceTimePolicy = "policy 5" }), "availability").Verdict;
        }

        At(360).Should().Be(Verdict.Indeterminate);
        At(361).Should().Be(Verdict.Breached);
    }

    [Theory]
    [InlineData(0.4, 0, 0, true, Verdict.Met, null)]
    [InlineData(1.1, 0, 0, true, Verdict.Breached, "worst exposure of the window 1.1 s")]
    [InlineData(0.4, 2, 0, true, Verdict.Breached, "nothing arrived at the standby for 2 s of the window")]
    [InlineData(0.4, 0, 2, true, Verdict.Indeterminate, "the exposure was not known for 2 s of the window")]
    [InlineData(0.4, 0, 0, false, Verdict.Breached, "periodic copies are no continuous replication")]
    public void Judge_Tier5_HoldsTheWholeWindowAgainstTheCeiling(double worst, double broken, double unknown, bool continuous, Verdict expected, string? why)
    {
        var facts = Drilled() with { Windows = new Dictionary<string, StandbyWindow> { ["dr"] = new(NewYear, NextYear, worst, 0, broken, unknown, continuous, false) } };

        var verdict = Of(Judge(5, facts), "rpo");

        verdict.Verdict.Should().Be(expected);
        verdict.Reason.Should().Contain(why ?? "demonstrated by run 3");
    }

    [Fact]
    public void Judge_Tier5RaisedCeiling_PrintsADeviationAndAsynchronousReplication()
    {
        var facts = Drilled() with
        {
            RaisedCeiling = TimeSpan.FromSeconds(5),
            Windows = new Dictionary<string, StandbyWindow> { ["dr"] = new(NewYear, NextYear, 4, 0, 0, 0, true, true) },
        };

        Of(Judge(5, facts), "rpo").Should().BeEquivalentTo(new
        {
            Verdict = Verdict.Met, Limit = "5 s, a deviation from about 0 (JR/T 0199-2020 annex table 2, tier 5)", Reason = "demonstrated by run 3 (failover) on 2026-12-01; asynchronous replication",
        });
    }

    [Theory]
    [InlineData(true, false, false, Verdict.Met)]
    [InlineData(false, true, false, Verdict.Breached)]
    [InlineData(false, false, false, Verdict.Indeterminate)]
    [InlineData(true, false, true, Verdict.Met)]
    public void Judge_Tier6_GoesByProofOfSynchronousCommit(bool proved, bool broken, bool attested, Verdict expected)
    {
        var facts = Tier6(new SynchronyProof(proved, broken, attested, "why"));

        var verdict = Of(Judge(6, facts), "rpo");

        verdict.Verdict.Should().Be(expected);
        verdict.Reason.Contains("attested, not measured", StringComparison.Ordinal).Should().Be(attested);
    }

    [Fact]
    public void Judge_SeveralStandbys_ShowsEachAndKeepsTheBest()
    {
        var facts = Facts(Year(TimeSpan.Zero, NextYear)) with { Records = [Record with { Standby = "dr" }], Exposures = [Exposure("dr"), Exposure("remote")] };

        var rto = Of(Judge(4, facts), "rto");

        rto.Verdict.Should().Be(Verdict.Met);
        rto.Standbys.Select(one => (one.Standby, one.Verdict)).Should().Equal(("dr", Verdict.Met), ("remote", Verdict.Indeterminate));
        rto.Reason.Should().EndWith("the best of 2 standbys is dr");
        rto.Evidence.Should().Equal("run 3");
    }

    [Fact]
    public void Judge_LaterRunThatFailed_PutsTheRtoAtRisk() =>
        Of(Judge(4, Facts(Year(TimeSpan.Zero, NextYear)) with { Records = [Record with { Run = 4, Outcome = "failed" }, Record] }), "rto")
            .Should().BeEquivalentTo(new { Verdict = Verdict.AtRisk, Reason = "demonstrated by run 3 (failover) on 2026-12-01; the later run 4 failed" });

    [Fact]
    public void Judge_EveryVerdict_PrintsItsRulesAndNumbers()
    {
        var verdicts = Judge(4, Drilled());

        verdicts.Should().OnlyContain(verdict => verdict.Rules == RuleTable.Current.Version);
        Of(verdicts, "rto").Numbers.Should().BeEquivalentTo(new { Unit = "seconds", Upper = 20, Limit = 14400 });
        Of(verdicts, "availability").Numbers.Should().BeEquivalentTo(new { Unit = "percent", Value = 100, Limit = 99.9, CoveragePercent = 100 });
    }

    [Theory]
    [InlineData(1, 100, "2026-09-28")]
    [InlineData(0, 100, null)]
    [InlineData(2, 364, null)]
    public void Budget_AtTheRateSoFar_NamesTheDayItRunsOut(double hours, int day, string? expected)
    {
        // 10 h allowed; 1 h in 37 days would be 370 days, so the days observed decide.
        var now = NewYear.AddDays(day);
        var down = TimeSpan.FromHours(hours == 1 ? 100.0 / 27 : hours);

        DowntimeBudget.Of(Reading(down, now), TimeSpan.FromHours(10)).RunsOutOn?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).Should().Be(expected);
    }

    [Fact]
    public void Budget_Overdrawn_RanOutToday() =>
        DowntimeBudget.Of(Reading(TimeSpan.FromHours(11), NewYear.AddDays(100)), TimeSpan.FromHours(10))
            .Should().BeEquivalentTo(new { Left = TimeSpan.FromHours(-1), RunsOutOn = new DateOnly(2026, 4, 11) });

    [Fact]
    public void Proof_OfSynchrony_AsksForStretchesWithoutAnyGap()
    {
        SynchronyInterval Stretch(DateTimeOffset from, DateTimeOffset to, Synchrony state = Synchrony.Synchronous) => new("ledger", "dr", state, from, to, "synchronous_commit is local");
        SynchronyProof? Proof(params SynchronyInterval[] stretches) => SynchronyProofs.Of(Seen(NewYear, stretches), null);
        var middle = NewYear.AddDays(100);

        Proof(Stretch(NewYear, middle), Stretch(middle, NextYear))!.Proved.Should().BeTrue();
        Proof(Stretch(NewYear, middle), Stretch(middle.AddSeconds(1), NextYear)).Should().BeEquivalentTo(
            new { Proved = false, Broken = false, Reason = "synchronous commit is not proven for 1 s of the 365 days seen" }, "the configuration was loaded again between two looks");
        Proof(Stretch(NewYear, NextYear.AddSeconds(-2))).Should().BeEquivalentTo(new { Proved = false, Broken = false }, "the newest look did not see it");
        Proof(Stretch(NewYear.AddHours(1), NextYear)).Should().BeEquivalentTo(new { Proved = false, Broken = false });
        Proof().Should().BeEquivalentTo(new { Proved = false, Broken = false });
        Proof(Stretch(NewYear, middle), Stretch(middle, NextYear, Synchrony.Asynchronous)).Should().BeEquivalentTo(new { Proved = false, Broken = true });
        SynchronyProofs.Of(Seen(NewYear.AddHours(1), Stretch(NewYear.AddHours(1), NextYear)), null).Should().BeEquivalentTo(
            new { Proved = false, Broken = false, Reason = "synchronous commit is proven for all of the 364 days seen; the window of 365 days is not full" });
        SynchronyProofs.Of(null, null).Should().BeNull();
    }

    [Fact]
    public void Proof_AttestedAndMeasuredAsynchronous_IsBroken()
    {
        var stated = new Attestation(AttestedStatement.SynchronousCommit, "li", "wang", "doc", default, default, null);
        SynchronyInterval fallen = new("ledger", "dr", Synchrony.Asynchronous, NewYear, NewYear, "synchronous_commit is local");

        SynchronyProofs.Of(null, stated).Should().BeEquivalentTo(new { Proved = true, Attested = true });
        SynchronyProofs.Of(Seen(NewYear, fallen), stated).Should().BeEquivalentTo(new { Proved = false, Broken = true, Attested = false });
    }

    [Theory]
    [InlineData(Synchrony.Synchronous, false, Verdict.Met)]
    [InlineData(Synchrony.Unknown, false, Verdict.Indeterminate)]
    [InlineData(Synchrony.Asynchronous, false, Verdict.Breached)]
    [InlineData(Synchrony.Unknown, true, Verdict.Met)]
    [InlineData(Synchrony.Asynchronous, true, Verdict.Breached)]
    public void Judge_Tier6ProvenWindow_GoesByTheNewestLookToo(Synchrony now, bool attested, Verdict expected)
    {
        var facts = Tier6(new SynchronyProof(true, false, attested, "why")) with { Exposures = [Exposure("dr") with { Synchrony = new SynchronyFinding(now, "look") }] };

        Of(Judge(6, facts), "rpo").Verdict.Should().Be(expected);
    }

    [Fact]
    public void Judge_Tier6ReplicationBrokenNow_IsAtRisk()
    {
        var facts = Tier6(new SynchronyProof(true, false, true, "why")) with { Exposures = [Exposure("dr") with { Replication = ReplicationState.NotProtected, Reason = "dr does not hear" }] };

        Of(Judge(6, facts), "rpo").Should().BeEquivalentTo(new
        {
            Verdict = Verdict.AtRisk, Reason = "demonstrated by run 3 (failover) on 2026-12-01; now towards dr: dr does not hear; synchronous commit is attested, not measured; why",
        });
    }

    [Theory]
    [InlineData(3601, 0, 0, Verdict.Breached)]
    [InlineData(3600, 3600, 3600, Verdict.Met)]
    [InlineData(1, 3601, 0, Verdict.Breached)]
    [InlineData(1, 0, 3601, Verdict.Indeterminate)]
    public void Judge_Tier4_HoldsTheWholeWindowAgainstTheLimit(double worst, double broken, double unknown, Verdict expected) =>
        Of(Judge(4, Drilled() with { Windows = Window(worst, broken, unknown) }), "rpo").Verdict.Should().Be(expected);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Judge_RpoWithoutAWindow_IsIndeterminate(int tier) =>
        Of(Judge(tier, Tier6(new SynchronyProof(true, false, true, "why")) with { Windows = new Dictionary<string, StandbyWindow>() }), "rpo").Should().BeEquivalentTo(
            new { Verdict = Verdict.Indeterminate }).And.Match<TierVerdict>(verdict => verdict.Reason.Contains("the exposure of the window is not known", StringComparison.Ordinal));

    [Theory]
    [InlineData("switchover", true, Verdict.Breached)]
    [InlineData("switchover", false, Verdict.Breached)]
    [InlineData("test-failover", true, Verdict.Met)]
    public void Judge_LaterSwitchOverTheLimit_DecidesWhetherItFitsOrNot(string kind, bool fits, Verdict expected)
    {
        var late = Record with { Run = 9, Kind = kind, FailedBack = fits, RtoSeconds = 20_000, LostSeconds = 4000 };

        var verdicts = Judge(4, Drilled() with { Records = [late, Record] });

        Of(verdicts, "rto").Verdict.Should().Be(expected);
        Of(verdicts, "rpo").Verdict.Should().Be(expected);
    }

    [Fact]
    public void Judge_EarlierIncidentOverTheLimit_PutsBothAtRisk()
    {
        var early = Record with { Run = 2, Mode = "real", RtoSeconds = 20_000, LostSeconds = 4000 };
        var facts = Drilled() with { Records = [Record, early] };

        Of(Judge(4, facts), "rto").Should().BeEquivalentTo(new { Verdict = Verdict.AtRisk, Reason = "demonstrated by run 3 (failover) on 2026-12-01; the earlier run 2 took 5 h 33 min" });
        Of(Judge(4, facts), "rpo").Should().BeEquivalentTo(new { Verdict = Verdict.AtRisk, Reason = "demonstrated by run 3 (failover) on 2026-12-01; the earlier run 2 lost up to 1 h 6 min" });
        Of(Judge(4, facts with { Records = [Record, early with { ClosedAt = NewYear.AddMonths(-2) }] }), "rto").Verdict.Should().Be(Verdict.Met, "it is not in its period any more");
    }

    [Fact]
    public void Judge_EachLimitKeptByAnotherStandby_IsNotMet()
    {
        var facts = Drilled() with
        {
            Records = [Record with { Run = 4, Standby = "remote", RtoSeconds = 20_000 }, Record with { Standby = "dr", LostSeconds = 4000 }],
            Exposures = [Exposure("dr"), Exposure("remote")],
            Windows = new Dictionary<string, StandbyWindow>(Window(0, 0, 0)) { ["remote"] = Window(0, 0, 0)["dr"] },
        };

        var (rto, rpo) = (Of(Judge(4, facts), "rto"), Of(Judge(4, facts), "rpo"));

        rto.Standby.Should().Be(rpo.Standby);
        new[] { rto.Verdict, rpo.Verdict }.Should().BeEquivalentTo([Verdict.Met, Verdict.Breached]);
    }

    private static StandbyYear Seen(DateTimeOffset first, params SynchronyInterval[] stretches) =>
        new(new ExposureWindow(NewYear, NextYear, 0, 365 * 86_400, 0, 0, 0, 0, 365 * 86_400, 0, 0, first), stretches, NextYear, NextYear);

    private static Dictionary<string, StandbyWindow> Window(double worst, double broken, double unknown) => new() { ["dr"] = new(NewYear, NextYear, worst, 0, broken, unknown, true, false) };

    private static TierFacts Tier6(SynchronyProof proof) => Drilled() with
    {
        Records = [Record with { WorstExposureSeconds = 0 }], Synchrony = new Dictionary<string, SynchronyProof> { ["dr"] = proof },
    };

    private static DemonstratedRecord Record => new(3, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), "failover", "live", 20, 0, 0, 0.5, 0, 0) { Systems = ["ledger"], FailedBack = true, BusinessVerified = true };

    private static Exposure Exposure(string standby) => new("ledger", standby, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, ReplicationState.Protected, NextYear, NextYear, "")
    {
        Synchrony = new SynchronyFinding(Synchrony.Synchronous, "commits wait"),
    };

    private static AvailabilityFigure Year(TimeSpan down, DateTimeOffset to) => AvailabilityFigures.Of(new Downtime(NewYear, to, down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

    private static AvailabilityReading Reading(TimeSpan down, DateTimeOffset to) =>
        new("ledger", new AvailabilityWindow("year", NewYear, to, NextYear), new Downtime(NewYear, to, down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

    private static TierFacts Facts(AvailabilityFigure year) => new(NextYear, false, year, year, [], [], []);

    private static TierFacts Drilled() => Facts(Year(TimeSpan.Zero, NextYear)) with { Records = [Record], Exposures = [Exposure("dr")], Windows = Window(0, 0, 0) };

    private static IReadOnlyList<TierVerdict> Judge(int tier, TierFacts facts) => TierEvaluator.Judge(TierTable.Current.LimitsOf(tier), facts);

    private static TierVerdict Of(IEnumerable<TierVerdict> verdicts, string subject) => verdicts.Single(verdict => verdict.Subject == subject);
}
