using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;
using static DrOrchestrator.Tests.Compliance.VerdictFacts;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>RTO and RPO by what records demonstrate: the hard cases, each named.</summary>
public sealed class RecoveryVerdictsTests
{
    [Theory]
    [InlineData(4, "1 h (JR/T 0199-2020 annex table 2, tier 4)")]
    [InlineData(5, "1 s, the ceiling for about 0 (JR/T 0199-2020 annex table 2, tier 5)")]
    [InlineData(6, "0 s (JR/T 0199-2020 annex table 2, tier 6)")]
    public void Judge_Rpo_PrintsTheLimitItIsHeldAgainst(int tier, string limit) => Of(Judge(tier, Drilled()), "rpo").Limit.Should().Be(limit);

    [Theory]
    [InlineData(0.0, 0.5, Verdict.Met, "0 lost (0 s), worst exposure 0.5 s", 0.5)]
    [InlineData(2.0, 0.5, Verdict.Met, "0 lost (2 s), worst exposure 0.5 s", 2.0)]
    [InlineData(2.0, null, Verdict.Indeterminate, "0 lost (2 s), exposure not known", 2.0)]
    [InlineData(0.0, null, Verdict.Indeterminate, "0 lost (0 s), exposure not known", 0.0)]
    [InlineData(null, 0.5, Verdict.Indeterminate, "not demonstrated", null)]
    [InlineData(null, 4000.0, Verdict.Breached, "0 lost (0 s), worst exposure 1 h 6 min", 4000.0)]
    public void Judge_Rpo_ShowsTheWorseOfLossAndExposureWithBoth(double? lost, double? worst, Verdict expected, string value, double? held)
    {
        var rpo = Of(Judge(4, Drilled() with { Records = [Drill with { LostSeconds = lost, WorstExposureSeconds = worst }] }), "rpo");

        (rpo.Verdict, rpo.Value).Should().Be((expected, value));
        rpo.Numbers.Should().Be(new VerdictNumbers("seconds", held, held is null ? null : lost ?? 0, held is null ? null : worst, 3600, null, null, null));
    }

    [Theory]
    [InlineData(0.0, null)]
    [InlineData(null, 0.0)]
    public void Judge_Tier6RecordThatMeasuredHalf_LostNothingThatIsKnown(double? lost, double? worst) =>
        Of(Judge(6, Tier6(new SynchronyProof(true, false, false, "why")) with { Records = [Drill with { LostSeconds = lost, WorstExposureSeconds = worst }] }), "rpo").Verdict.Should().Be(Verdict.Indeterminate);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Judge_PeriodicCopies_AreEnoughBelowTier5(int tier)
    {
        var copies = new StandbyWindow(NewYear, NextYear, 1, 0, 0, 0, Continuous: false, Asynchronous: true);

        var rpo = Of(Judge(tier, Drilled() with { Windows = new Dictionary<string, StandbyWindow> { ["dr"] = copies } }), "rpo");

        (rpo.Verdict, rpo.Reason).Should().Be((Verdict.Met, "demonstrated by run 3 (failover) on 2026-12-01"), "neither this nor asynchronous replication is remarkable there");
    }

    [Theory]
    [InlineData(4, Verdict.Met)]
    [InlineData(5, Verdict.Indeterminate)]
    public void Judge_StandbyDeclaredLater_IsJudgedByTheTimeSinceBelowTier5Only(int tier, Verdict expected)
    {
        var since = NewYear.AddDays(100);
        var window = new StandbyWindow(NewYear, NextYear, 0, 0, 0, 100 * 86_400, true, false) { FirstSeen = since };

        Of(Judge(tier, Drilled() with { Windows = new Dictionary<string, StandbyWindow> { ["dr"] = window } }), "rpo").Verdict.Should().Be(expected);
    }

    [Fact]
    public void Judge_WindowNobodyLookedAt_IsIndeterminate() =>
        Of(Judge(4, Drilled() with { Windows = new Dictionary<string, StandbyWindow> { ["dr"] = Window(0, 0, 0)["dr"] with { FirstSeen = null } } }), "rpo").Verdict.Should().Be(Verdict.Indeterminate);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Judge_RecordOfNoStandby_KnowsNoWindow(int tier)
    {
        var facts = Facts(Year(TimeSpan.Zero, NextYear)) with { Records = [Drill with { WorstExposureSeconds = 0 }], Synchrony = Tier6(new SynchronyProof(true, false, true, "why")).Synchrony };

        Of(Judge(tier, facts), "rpo").Should().BeEquivalentTo(new { Verdict = Verdict.Indeterminate, Reason = "demonstrated by run 3 (failover) on 2026-12-01; the exposure of the window is not known" });
    }

    [Theory]
    [InlineData(0.4, 0, 0, true, Verdict.Met, null)]
    [InlineData(1.1, 0, 0, true, Verdict.Breached, "worst exposure of the window 1.1 s")]
    [InlineData(0.4, 0.5, 0, true, Verdict.Breached, "nothing arrived at the standby for 0.5 s of the window")]
    [InlineData(0.4, 0, 0.5, true, Verdict.Indeterminate, "the exposure was not known for 0.5 s of the window")]
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

        Of(Judge(5, facts with { Windows = Window(4, 0, 0), Synchrony = Tier6(new SynchronyProof(true, false, true, "why")).Synchrony }), "rpo").Reason
            .Should().Be("demonstrated by run 3 (failover) on 2026-12-01", "commits wait there, and tier 5 asks for no proof of it");
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
        var facts = Facts(Year(TimeSpan.Zero, NextYear)) with { Records = [Drill with { Standby = "dr" }], Exposures = [Towards("dr"), Towards("remote")] };

        var rto = Of(Judge(4, facts), "rto");

        rto.Verdict.Should().Be(Verdict.Met);
        rto.Standbys.Select(one => (one.Standby, one.Verdict)).Should().Equal(("dr", Verdict.Met), ("remote", Verdict.Indeterminate));
        rto.Reason.Should().EndWith("the best of 2 standbys is dr");
        rto.Evidence.Should().Equal("run 3");
    }

    [Theory]
    [InlineData("live", Verdict.AtRisk)]
    [InlineData("real", Verdict.AtRisk)]
    [InlineData("rehearsal", Verdict.Met)]
    public void Judge_LaterRunsThatFailed_PutBothAtRisk(string mode, Verdict expected)
    {
        DemonstratedRecord Failed(long run) => Drill with { Run = run, Mode = mode, Outcome = "failed" };

        var verdicts = Judge(4, Drilled() with { Records = [Failed(5), Failed(4), Drill, Failed(2)] });

        var reason = $"demonstrated by run 3 (failover) on 2026-12-01{(expected == Verdict.Met ? "" : "; the later run 5 failed")}";
        (Of(verdicts, "rto").Verdict, Of(verdicts, "rto").Reason).Should().Be((expected, reason));
        (Of(verdicts, "rpo").Verdict, Of(verdicts, "rpo").Reason).Should().Be((expected, reason));
    }

    [Fact]
    public void Judge_EarlierRunThatFailed_IsMendedByALaterOne() =>
        Of(Judge(4, Drilled() with { Records = [Drill, Drill with { Run = 2, Outcome = "failed" }] }), "rto").Verdict.Should().Be(Verdict.Met);

    [Fact]
    public void Judge_NoRunThatFits_SaysWhatTheNewestLacks() =>
        Of(Judge(4, Drilled() with { Records = [Drill with { Mode = "rehearsal" }, Drill with { Run = 4, Mode = "tabletop" }] }), "rto").Reason.Should().Be("run 4 was a tabletop, which shows no recovery");

    [Theory]
    [InlineData(0, "run 4")] // by the first rules the newest passed run
    [InlineData(1, "run 3")] // by the second an unplanned one first
    public void Judge_ByTheRulesOfADay_ChoosesTheRecordAndPrintsTheVersionEverywhere(int version, string run)
    {
        var rules = RuleTable.All[version];
        var facts = Drilled() with { Records = [Drill with { Run = 4, Kind = "switchover" }, Drill], Exposures = [Towards("dr"), Towards("remote")] };

        var verdicts = TierEvaluator.Judge(TierTable.Current.LimitsOf(4), facts, rules);

        Of(verdicts, "rto").Evidence.Should().Equal(run);
        verdicts.Should().OnlyContain(verdict => verdict.Rules == rules.Version);
    }

    [Theory]
    [InlineData(Synchrony.Synchronous, false, Verdict.Met)]
    [InlineData(Synchrony.Unknown, false, Verdict.Indeterminate)]
    [InlineData(Synchrony.Asynchronous, false, Verdict.Breached)]
    [InlineData(Synchrony.Unknown, true, Verdict.Met)]
    [InlineData(Synchrony.Asynchronous, true, Verdict.Breached)]
    public void Judge_Tier6ProvenWindow_GoesByTheNewestLookToo(Synchrony now, bool attested, Verdict expected)
    {
        var facts = Tier6(new SynchronyProof(true, false, attested, "why")) with { Exposures = [Towards("dr") with { Synchrony = new SynchronyFinding(now, "look") }] };

        Of(Judge(6, facts), "rpo").Verdict.Should().Be(expected);
        Of(Judge(6, facts with { Exposures = [facts.Exposures[0], Towards("dr") with { Synchrony = SynchronyFinding.NotAsked }] }), "rpo").Verdict.Should().Be(expected, "the first tells");
    }

    [Fact]
    public void Judge_Tier6ReplicationBrokenNow_IsAtRisk()
    {
        var facts = Tier6(new SynchronyProof(true, false, true, "why")) with { Exposures = [Towards("dr") with { Replication = ReplicationState.NotProtected, Reason = "dr does not hear" }] };

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
        var late = Drill with { Run = 9, Kind = kind, FailedBack = fits, RtoSeconds = 20_000, LostSeconds = 4000 };

        var verdicts = Judge(4, Drilled() with { Records = [late, Drill] });

        Of(verdicts, "rto").Verdict.Should().Be(expected);
        Of(verdicts, "rpo").Verdict.Should().Be(expected);
    }

    [Fact]
    public void Judge_EarlierIncidentOverTheLimit_PutsBothAtRisk()
    {
        var early = Drill with { Run = 2, Mode = "real", RtoSeconds = 20_000, LostSeconds = 4000 };
        var facts = Drilled() with { Records = [Drill, early] };

        Of(Judge(4, facts), "rto").Should().BeEquivalentTo(new { Verdict = Verdict.AtRisk, Reason = "demonstrated by run 3 (failover) on 2026-12-01; the earlier run 2 took 5 h 33 min" });
        Of(Judge(4, facts), "rpo").Should().BeEquivalentTo(new { Verdict = Verdict.AtRisk, Reason = "demonstrated by run 3 (failover) on 2026-12-01; the earlier run 2 lost up to 1 h 6 min" });
        Of(Judge(4, facts with { Records = [Drill, early with { Standby = "dr" }, early with { Run = 1 }] }), "rto").Reason.Should().EndWith("; the earlier run 2 took 5 h 33 min", "it is the newest that counts");
        Of(Judge(4, facts with { Records = [Drill, early with { Standby = "remote" }] }), "rto").Should().BeEquivalentTo(new { Verdict = Verdict.Met, Standby = "dr" }, "it was towards another standby");
        Of(Judge(4, facts with { Records = [Drill, early with { ClosedAt = NewYear.AddMonths(-2) }] }), "rto").Verdict.Should().Be(Verdict.Met, "it is not in its period any more");
    }

    [Fact]
    public void Judge_EachLimitKeptByAnotherStandby_IsNotMet()
    {
        var facts = Drilled() with
        {
            Records = [Drill with { Run = 4, Standby = "remote", RtoSeconds = 20_000 }, Drill with { Standby = "dr", LostSeconds = 4000 }],
            Exposures = [Towards("dr"), Towards("remote")],
            Windows = new Dictionary<string, StandbyWindow>(Window(0, 0, 0)) { ["remote"] = Window(0, 0, 0)["dr"] },
        };

        var (rto, rpo) = (Of(Judge(4, facts), "rto"), Of(Judge(4, facts), "rpo"));

        rto.Standby.Should().Be(rpo.Standby);
        new[] { rto.Verdict, rpo.Verdict }.Should().BeEquivalentTo([Verdict.Met, Verdict.Breached]);
    }

    [Fact]
    public void Judge_StandbyThatKeepsOneLimitAndBreaksTheOther_IsWorseThanOneNobodyKnows()
    {
        var facts = Drilled() with { Records = [Drill with { Standby = "dr", LostSeconds = 4000 }], Exposures = [Towards("dr"), Towards("remote")] };

        Of(Judge(4, facts), "rto").Should().BeEquivalentTo(new { Verdict = Verdict.Indeterminate, Standby = "remote" });
        Of(Judge(4, facts), "rpo").Should().BeEquivalentTo(new { Verdict = Verdict.Indeterminate, Standby = "remote" });
    }

    [Fact]
    public void Judge_EveryStandbyBreaksALimit_ShowsTheOneThatBreaksFewer()
    {
        var slow = Drill with { Standby = "dr", RtoSeconds = 20_000 };
        var facts = Drilled() with
        {
            Records = [slow with { Run = 4, Standby = "remote", LostSeconds = 4000 }, slow],
            Exposures = [Towards("remote"), Towards("dr")],
        };

        Of(Judge(4, facts), "rto").Should().BeEquivalentTo(new { Verdict = Verdict.Breached, Standby = "dr" });
        Of(Judge(4, facts), "rpo").Should().BeEquivalentTo(new { Verdict = Verdict.Met, Standby = "dr" });
    }
}
