using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Compliance;

public class TierEvaluatorTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NextYear = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Judge_WholeYearNineHoursDown_KeepsTier4sHoursAndBreaksItsPercentage()
    {
        var verdicts = Judge(4, WholeYear(down: TimeSpan.FromHours(9)));

        Of(verdicts, "downtime").Verdict.Should().Be(Verdict.Met);
        Of(verdicts, "availability").Verdict.Should().Be(Verdict.Breached);
        Of(verdicts, "availability").Value.Should().StartWith("99.89726%");
        Of(verdicts, "overall").Should().BeEquivalentTo(new { Verdict = Verdict.Breached, Value = "availability" });
    }

    [Fact]
    public void Judge_WholeYearFiveMinutesTenSecondsDown_KeepsTier6sPercentageAndBreaksItsMinutes()
    {
        var verdicts = Judge(6, WholeYear(down: TimeSpan.FromSeconds(310)));

        Of(verdicts, "availability").Verdict.Should().Be(Verdict.Met);
        Of(verdicts, "downtime").Verdict.Should().Be(Verdict.Breached);
    }

    [Fact]
    public void Judge_UpperBoundOutsideLowerInside_IsIndeterminate()
    {
        var year = WholeYear(TimeSpan.FromHours(5), lower: TimeSpan.FromHours(4), upper: TimeSpan.FromHours(11));

        Of(Judge(4, year), "downtime").Verdict.Should().Be(Verdict.Indeterminate);
    }

    [Fact]
    public void Judge_UnknownTime_CountsAsDownForMet()
    {
        var downtime = new Downtime(NewYear, NextYear, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(11), TimeSpan.FromHours(11), TimeSpan.Zero, TimeSpan.Zero);

        Of(Judge(4, AvailabilityFigures.Of(downtime)), "downtime").Verdict.Should().Be(Verdict.Indeterminate);
    }

    [Fact]
    public void Judge_OneMinuteOfTheYear_IsIndeterminateAndSaysHowLong()
    {
        var now = NewYear.AddDays(200);
        var unknown = TimeSpan.FromDays(200) - TimeSpan.FromSeconds(63);
        var year = AvailabilityFigures.Of(new Downtime(NewYear, now, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4), unknown + TimeSpan.FromSeconds(6), unknown, TimeSpan.Zero, TimeSpan.Zero));

        var verdict = Of(Judge(4, year, now), "availability");

        verdict.Verdict.Should().Be(Verdict.Indeterminate);
        verdict.Reason.Should().Be("observed 1 minute of the year");
        year.Percent.Should().BeApproximately(100 * (1 - (5 / 63.0)), 1e-9, "the nominal figure is of the time observed");
        year.LowerPercent.Should().BeLessThan(0.001);
    }

    [Fact]
    public void Judge_RunningYearWithinLimits_IsNeverMet()
    {
        var now = NewYear.AddDays(100);
        var year = AvailabilityFigures.Of(new Downtime(NewYear, now, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

        var verdict = Of(Judge(4, year, now), "downtime");

        verdict.Verdict.Should().Be(Verdict.Indeterminate);
        verdict.Reason.Should().Be("within limits so far; the year is not over; observed 100 days of the year");
    }

    [Fact]
    public void Judge_RunningYearOverTheLimitAlready_IsBreachedWhateverComes()
    {
        var now = NewYear.AddDays(100);
        var down = TimeSpan.FromHours(11);
        var year = AvailabilityFigures.Of(new Downtime(NewYear, now, down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

        Of(Judge(4, year, now), "downtime").Verdict.Should().Be(Verdict.Breached);
    }

    [Fact]
    public void Judge_LastYearsDowntimeStillRolling_IsAtRisk()
    {
        var now = NewYear.AddDays(10);
        var year = AvailabilityFigures.Of(new Downtime(NewYear, now, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));
        var down = TimeSpan.FromHours(12);
        var rolling = AvailabilityFigures.Of(new Downtime(now.AddDays(-365), now, down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

        var verdicts = TierEvaluator.Judge(TierTable.Current.LimitsOf(4), Facts(year, now) with { Rolling = rolling });

        Of(verdicts, "downtime").Verdict.Should().Be(Verdict.AtRisk);
    }

    [Fact]
    public void Judge_LastYearsMaintenanceStillRolling_PutsTheAvailabilityAtRiskOnly()
    {
        var now = NewYear.AddDays(10);
        var year = AvailabilityFigures.Of(new Downtime(NewYear, now, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));
        var rolling = AvailabilityFigures.Of(new Downtime(now.AddDays(-365), now, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(20)));

        var verdicts = TierEvaluator.Judge(TierTable.Current.LimitsOf(4), Facts(year, now) with { Rolling = rolling });

        (Of(verdicts, "availability").Verdict, Of(verdicts, "downtime").Verdict).Should().Be((Verdict.AtRisk, Verdict.Indeterminate));
    }

    [Fact]
    public void Judge_MaintenanceThatMayHaveBeenLonger_CountsInTheUpperBoundOfAvailability()
    {
        var year = AvailabilityFigures.Of(new Downtime(NewYear, NextYear, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1)) { MaintenanceUpper = TimeSpan.FromHours(20) });

        Of(Judge(4, year), "availability").Verdict.Should().Be(Verdict.Indeterminate);
    }

    [Fact]
    public void Judge_YearOfTheEstatesZone_IsOverWhenItIsOverThere()
    {
        var (from, to) = (NewYear.AddHours(-8), NextYear.AddHours(-8));
        var year = AvailabilityFigures.Of(new Downtime(from, to, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

        Of(Judge(4, year with { WholeTo = to }, to), "downtime").Verdict.Should().Be(Verdict.Met);
        Of(Judge(4, year with { From = NewYear.AddDays(31), To = NextYear }), "downtime").Verdict.Should().Be(Verdict.Indeterminate, "January is not in it");
    }

    [Fact]
    public void Judge_EveryYearlyVerdict_CarriesItsNumbersAndWhatItRestsOn()
    {
        var year = WholeYear(TimeSpan.FromHours(2), lower: TimeSpan.FromHours(1), upper: TimeSpan.FromHours(3));

        var verdicts = TierEvaluator.Judge(TierTable.Current.LimitsOf(4), Facts(year, NextYear) with { Records = [Record with { Standby = "dr" }], Windows = Window, IntervalsHash = "ab" });

        Of(verdicts, "downtime").Numbers.Should().Be(new VerdictNumbers("seconds", 7200, 3600, 10_800, 36_000, NewYear, NextYear, 100));
        Of(verdicts, "downtime").Evidence.Should().Equal("intervals sha256:ab");
        Of(verdicts, "overall").Evidence.Should().Equal(["run 3", "intervals sha256:ab"], "each is named once");
    }

    [Fact]
    public void Judge_Maintenance_CountsInAvailabilityAndNotInDowntime()
    {
        var year = AvailabilityFigures.Of(new Downtime(NewYear, NextYear, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(20)));
        var verdicts = Judge(4, year);

        Of(verdicts, "downtime").Verdict.Should().Be(Verdict.Met);
        Of(verdicts, "availability").Verdict.Should().Be(Verdict.Breached);
    }

    [Theory]
    [InlineData(14400.0, Verdict.Met)]
    [InlineData(14400.1, Verdict.Breached)]
    public void Judge_Rto_TakesTheUpperBound(double seconds, Verdict expected)
    {
        var verdict = Of(JudgeRecord(4, Record with { RtoSeconds = seconds }), "rto");

        verdict.Verdict.Should().Be(expected);
        verdict.Reason.Should().Be("demonstrated by run 3 (failover) on 2026-12-01");
    }

    [Fact]
    public void Judge_NoRecord_IsIndeterminate()
    {
        var verdicts = TierEvaluator.Judge(TierTable.Current.LimitsOf(4), Facts(WholeYear(TimeSpan.Zero), NextYear));

        Of(verdicts, "rto").Should().BeEquivalentTo(new { Verdict = Verdict.Indeterminate, Reason = "no passed run has demonstrated it" });
        Of(verdicts, "rpo").Verdict.Should().Be(Verdict.Indeterminate);
    }

    [Fact]
    public void Judge_RecordTooOld_IsIndeterminate() =>
        Of(JudgeRecord(4, Record with { ClosedAt = NextYear.AddMonths(-13).AddSeconds(-1) }), "rto").Reason
            .Should().Be("the newest passed run (3) is of 2025-11-30, more than 13 months ago");

    [Fact]
    public void Judge_RecordOnTheLastDayOfItsPeriod_StillCounts() =>
        Of(JudgeRecord(4, Record with { ClosedAt = NextYear.AddMonths(-13) }), "rto").Verdict.Should().Be(Verdict.Met);

    [Fact]
    public void Judge_LabRecordOfAProductionEstate_SatisfiesNothing() =>
        Of(JudgeRecord(4, Record with { Strength = "sandbox" }), "rto").Should().BeEquivalentTo(
            new { Verdict = Verdict.Indeterminate, Reason = "run 3 was a lab run, which satisfies no clause", Note = (string?)null });

    [Fact]
    public void Judge_Lab_SaysSoBesideEveryVerdict()
    {
        var facts = Facts(WholeYear(TimeSpan.Zero), NextYear) with { IsSandbox = true, Records = [Record with { Strength = "sandbox" }] };

        var verdicts = TierEvaluator.Judge(TierTable.Current.LimitsOf(4), facts);

        verdicts.Should().OnlyContain(v => v.Note == "lab, satisfies no clause");
        Of(verdicts, "rto").Verdict.Should().Be(Verdict.Met, "the lab compares numbers only");
        verdicts.Select(v => v.Subject).Should().Equal("rto", "rpo", "downtime", "availability", "overall");
    }

    [Theory]
    [InlineData(4, 3600, 0, Verdict.Met)]
    [InlineData(4, 0, 3601, Verdict.Breached)]
    [InlineData(4, 3601, 0, Verdict.Breached)]
    [InlineData(5, 0, 0.9, Verdict.Met)]
    [InlineData(5, 0, 1.1, Verdict.Breached)]
    [InlineData(6, 0, 0, Verdict.Indeterminate)]
    [InlineData(6, 0.1, 0, Verdict.Breached)]
    public void Judge_Rpo_IsTheWorseOfCountedLossAndWorstExposure(int tier, double lost, double worst, Verdict expected) =>
        Of(JudgeRecord(tier, Record with { LostSeconds = lost, WorstExposureSeconds = worst }), "rpo").Verdict.Should().Be(expected);

    [Theory]
    [InlineData(0.5, 1, 0, Verdict.Breached, "demonstrated by run 3 (failover) on 2026-12-01; nothing arrived at the standby for 1 s before the interruption")]
    [InlineData(0.5, 2, 7, Verdict.Breached, "demonstrated by run 3 (failover) on 2026-12-01; nothing arrived at the standby for 2 s before the interruption")]
    [InlineData(null, 2, 0, Verdict.Breached, "demonstrated by run 3 (failover) on 2026-12-01; nothing arrived at the standby for 2 s before the interruption")]
    [InlineData(0.5, 0, 1, Verdict.Indeterminate, "demonstrated by run 3 (failover) on 2026-12-01; the exposure was not known for 1 s before the interruption")]
    [InlineData(null, 0, 7, Verdict.Indeterminate, "demonstrated by run 3 (failover) on 2026-12-01; the exposure was not known for 7 s before the interruption")]
    [InlineData(null, 0, 0, Verdict.Indeterminate, "demonstrated by run 3 (failover) on 2026-12-01; run 3 has no exposure over its window")]
    [InlineData(3601.0, 0, 7, Verdict.Breached, "demonstrated by run 3 (failover) on 2026-12-01")]
    public void Judge_RpoExposureNotKnownThroughout_IsNeverMet(double? worst, long notProtected, long unknown, Verdict expected, string reason) =>
        Of(JudgeRecord(4, Record with { WorstExposureSeconds = worst, NotProtectedSeconds = notProtected, UnknownSeconds = unknown }), "rpo")
            .Should().BeEquivalentTo(new { Verdict = expected, Reason = reason });

    [Fact]
    public void Judge_RpoLostMoreThanAllowedWithoutAnExposure_IsBreached() =>
        Of(JudgeRecord(4, Record with { Lost = 9, LostSeconds = 3660, WorstExposureSeconds = null }), "rpo")
            .Should().BeEquivalentTo(new { Verdict = Verdict.Breached, Value = "9 lost (1 h 1 min), exposure not known" });

    [Fact]
    public void Judge_ReplicationBrokenNow_PutsTheRpoAtRisk()
    {
        var broken = new Exposure("s", "dr", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, ReplicationState.NotProtected, NextYear, NextYear, "dr does not hear its primary");
        var facts = Facts(WholeYear(TimeSpan.Zero), NextYear) with { Records = [Record], Exposures = [broken], Windows = Window };

        Of(TierEvaluator.Judge(TierTable.Current.LimitsOf(4), facts), "rpo").Should().BeEquivalentTo(new
        {
            Verdict = Verdict.AtRisk,
            Reason = "demonstrated by run 3 (failover) on 2026-12-01; now towards dr: dr does not hear its primary",
        });
    }

    [Fact]
    public void Judge_TierWithoutLimits_JudgesNothing() =>
        TierEvaluator.Judge(null, Facts(WholeYear(TimeSpan.Zero), NextYear)).Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Subject = "overall", Verdict = Verdict.Indeterminate, Reason = "table 2 has no limits for tiers 1 and 2" });

    [Fact]
    public void BlindSpots_ProbesTooSlow_AreNamed()
    {
        var slow = new ProbeDefinition("slow", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), 3, new TcpProbeSettings("h", 1));

        FitToSee.BlindSpots(TierTable.Current.LimitsOf(6)!, [slow]).Should().Equal(
            "probe slow may take 35 s to confirm an interruption; a quarter of the RTO is 30 s",
            "probe slow looks every 10 s; 1% of the yearly downtime limit is 3 s",
            "tier 6 wants two vantage points; there is one",
            "no control target is declared; the server takes a failure of its own network for one of the service");
        FitToSee.BlindSpots(TierTable.Current.LimitsOf(4)!, [slow]).Should().BeEmpty();
    }

    [Theory]
    [InlineData(3, 9, 3, 0)] // 30 s to confirm, every 3 s: exactly what tier 6 allows
    [InlineData(3, 9, 3.1, 1)]
    [InlineData(3.1, 1, 1, 1)]
    public void BlindSpots_ProbesAtTheBound_AreFit(double interval, int confirmations, double timeout, int spots)
    {
        var probe = new ProbeDefinition("p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(timeout), confirmations, new TcpProbeSettings("h", 1));

        FitToSee.BlindSpots(TierTable.Current.LimitsOf(6)!, [probe]).Where(spot => spot.StartsWith("probe", StringComparison.Ordinal)).Should().HaveCount(spots);
        FitToSee.BlindSpots(TierTable.Current.LimitsOf(5)!, []).Should().NotContain(spot => spot.StartsWith("probe", StringComparison.Ordinal));
    }

    [Fact]
    public void LateLooks_IntervalAndTimeoutBeyondTheRpo_AreNamed()
    {
        RecoveryPointDefinition Point(string name, double interval, RecoveryPointSettings settings) =>
            new(name, "s", TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(0.5), settings);
        var log = new PositionsSettings(new Dictionary<string, Uri>());
        var copies = new FilesPointSettings("dr", "/backups", ".", new MomentFormat(MomentFormat.Rfc3339, TimeZoneInfo.Utc), null, true);
        var five = TierTable.Current.LimitsOf(5)!;

        FitToSee.LateLooks(five, [Point("log", 5, log), Point("fast", 0.5, log), Point("copies", 60, copies)]).Should().Equal(
            "recovery point log may see a loss 5.5 s late; the limit of the RPO is 1 s");
        FitToSee.LateLooks(five, [Point("late", 0.9, log)]).Should().ContainSingle("the timeout counts");
        FitToSee.LateLooks(five, [Point("copies", 60, copies)]).Should().ContainSingle("copies are judged where there is nothing else");
        FitToSee.LateLooks(TierTable.Current.LimitsOf(6)!, [Point("log", 5, log)]).Should().BeEmpty("zero is proven by synchrony");
    }

    [Theory]
    [InlineData(0, "0 seconds")]
    [InlineData(1, "1 second")]
    [InlineData(59.9, "59 seconds")]
    [InlineData(60, "1 minute")]
    [InlineData(7199, "1 hour")]
    [InlineData(86_400, "1 day")]
    [InlineData(172_799, "1 day")]
    public void Roughly_ASpan_IsItsLargestUnitRoundedDown(double seconds, string text) => Figures.Roughly(TimeSpan.FromSeconds(seconds)).Should().Be(text);

    [Theory]
    [InlineData(0.1234, "0.123 s")]
    [InlineData(119.5, "119.5 s")]
    [InlineData(120, "2 min")]
    [InlineData(121, "2 min 1 s")]
    [InlineData(90_061, "1 d 1 h")]
    [InlineData(86_460, "1 d")]
    public void Span_ATime_HasTwoUnitsAtMost(double seconds, string text) => Figures.Span(TimeSpan.FromSeconds(seconds)).Should().Be(text);

    [Fact]
    public void Of_SumsOfAllKinds_TakesPlannedOnesInAroundTheClockAndLeavesThemOutOfServiceTime()
    {
        static TimeSpan H(double hours) => TimeSpan.FromHours(hours);
        var figure = AvailabilityFigures.Of(new Downtime(NewYear, NewYear.AddHours(100), H(4), H(2), H(30), H(20), H(0), H(8))
        {
            MaintenanceLower = H(6), MaintenanceUpper = H(10), Service = new ServiceTime(H(50), H(4), H(2), H(15), H(10)),
        });

        (figure.Percent, figure.LowerPercent, figure.UpperPercent, figure.CoveragePercent).Should().Be((85, 60, 92, 80));
        (figure.Service!.Percent, figure.Service.LowerPercent, figure.Service.UpperPercent, figure.Service.CoveragePercent).Should().Be((90, 70, 96, 80));
    }

    [Fact]
    public void Of_NothingObserved_HasNoPercentage()
    {
        var hour = TimeSpan.FromHours(1);
        var blind = AvailabilityFigures.Of(new Downtime(NewYear, NewYear + hour, TimeSpan.Zero, TimeSpan.Zero, hour, hour, TimeSpan.Zero, TimeSpan.Zero) { Service = new ServiceTime(hour, TimeSpan.Zero, TimeSpan.Zero, hour, hour) });
        var empty = AvailabilityFigures.Of(new Downtime(NewYear, NewYear, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

        (blind.Percent, blind.Service!.Percent).Should().Be((null, null));
        (empty.Percent, empty.LowerPercent, empty.UpperPercent, empty.CoveragePercent).Should().Be((null, 0, 0, 0));
    }

    [Fact]
    public void Percent_AlmostGoodEnough_IsNotRoundedUp() => Figures.Percent(99.9999999).Should().Be("99.99999%");

    private static DemonstratedRecord Record => new(3, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), "failover", "live", 20, 0, 0, 0.5, 0, 0) { Systems = ["ledger"], Plan = "ledger-failover", FailedBack = true, BusinessVerified = true };

    private static AvailabilityFigure WholeYear(TimeSpan down, TimeSpan? lower = null, TimeSpan? upper = null) =>
        AvailabilityFigures.Of(new Downtime(NewYear, NextYear, down, lower ?? down, upper ?? down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

    private static IReadOnlyDictionary<string, StandbyWindow> Window { get; } = new Dictionary<string, StandbyWindow> { ["dr"] = new(NewYear, NextYear, 0, 0, 0, 0, true, false) };

    private static TierFacts Facts(AvailabilityFigure year, DateTimeOffset now) => new(now, false, year, year, [], [], []);

    private static IReadOnlyList<TierVerdict> Judge(int tier, AvailabilityFigure year, DateTimeOffset? now = null) =>
        TierEvaluator.Judge(TierTable.Current.LimitsOf(tier), Facts(year, now ?? NextYear));

    private static IReadOnlyList<TierVerdict> JudgeRecord(int tier, DemonstratedRecord record) =>
        TierEvaluator.Judge(TierTable.Current.LimitsOf(tier), Facts(WholeYear(TimeSpan.Zero), NextYear) with { Records = [record with { Standby = "dr" }], Windows = Window });

    private static TierVerdict Of(IEnumerable<TierVerdict> verdicts, string subject) => verdicts.Single(v => v.Subject == subject);
}
