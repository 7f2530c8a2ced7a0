using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Tiers;
using static DrOrchestrator.Tests.Compliance.VerdictFacts;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>The verdict rules' hard cases, each named.</summary>
public sealed class VerdictCasesTests
{
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
            verdict.Numbers.Should().BeEquivalentTo(new { Unit = "percent", Value = 100 * (1 - (seconds / 360_000)), Limit = 99.9, CoveragePercent = 100 });
            verdict.Value.Should().Be("99.9% of the committed time observed (99.9% to 99.9% of it)".Replace("99.9%", seconds == 360 ? "99.9%" : "99.89972%"));
            verdict.Limit.Should().Be("99.9% (JR/T 0199-2020 annex table 2, tier 4), unplanned interruptions over committed service time by policy 5");
            Of(Judge(4, Facts(year)), "availability").Verdict.Should().Be(Verdict.Breached, "around the clock, 50 h of maintenance count");
            return verdict.Verdict;
        }

        At(360).Should().Be(Verdict.Met);
        At(361).Should().Be(Verdict.Breached);
    }

    [Fact]
    public void Judge_PolicyThatSpeaksForPartOfTheYear_CountsEveryInterruptionAndSaysWhy()
    {
        const string Note = "not over committed service time: policy 5, approved by Chen, speaks only from 2026-12-01 on";
        var year = Year(TimeSpan.FromHours(9), NextYear) with { Service = new ServiceTimeFigure(TimeSpan.FromHours(100), 100, 100, 100, 100, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero) };
        var verdicts = Judge(4, Facts(year) with { LatePolicy = Note });

        Of(verdicts, "availability").Should().BeEquivalentTo(new { Verdict = Verdict.Breached, Note });
        verdicts.Where(verdict => verdict.Subject != "availability").Should().OnlyContain(verdict => verdict.Note == null);
        Of(Judge(4, Facts(year) with { LatePolicy = Note, IsSandbox = true }), "availability").Note.Should().Be($"lab, satisfies no clause; {Note}");
        Of(Judge(4, Facts(year with { Service = null }) with { LatePolicy = Note }), "availability").Note.Should().BeNull("around the clock, a policy changes nothing");
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

    [Fact]
    public void Judge_LastYearsServiceTimeStillRolling_IsAtRisk()
    {
        var down = TimeSpan.FromHours(1);
        AvailabilityFigure With(TimeSpan lower) => Year(TimeSpan.Zero, NextYear) with { Service = new ServiceTimeFigure(TimeSpan.FromHours(100), 100, 100, 100, 100, lower, lower, lower, TimeSpan.Zero) };

        var facts = Facts(With(TimeSpan.Zero)) with { Rolling = With(down), ServiceTimePolicy = "policy 5" };

        Of(Judge(4, facts), "availability").Verdict.Should().Be(Verdict.AtRisk);
        Of(Judge(4, facts with { Rolling = Year(TimeSpan.Zero, NextYear) }), "availability").Verdict.Should().Be(Verdict.Met, "no service time was known then");
    }

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
            new { Proved = false, Broken = false, Attested = false, Reason = "synchronous commit is not proven for 1 s of the 365 days seen" }, "the configuration was loaded again between two looks");
        Proof(Stretch(NewYear, NextYear.AddSeconds(-2))).Should().BeEquivalentTo(new { Proved = false, Broken = false }, "the newest look did not see it");
        Proof(Stretch(NewYear.AddHours(1), NextYear)).Should().BeEquivalentTo(new { Proved = false, Broken = false });
        Proof().Should().BeEquivalentTo(new { Proved = false, Broken = false });
        Proof(Stretch(NewYear, middle), Stretch(middle, NextYear, Synchrony.Asynchronous)).Should().BeEquivalentTo(new { Proved = false, Broken = true, Attested = false });
        Proof(Stretch(NewYear, NextYear)).Should().BeEquivalentTo(new { Proved = true, Broken = false, Attested = false });
        SynchronyProofs.Of(Seen(NewYear.AddHours(1), Stretch(NewYear.AddHours(1), NextYear)), null).Should().BeEquivalentTo(
            new { Proved = false, Broken = false, Attested = false, Reason = "synchronous commit is proven for all of the 364 days seen; the window of 365 days is not full" });
        SynchronyProofs.Of(null, null).Should().BeNull();
    }

    [Fact]
    public void Proof_AttestedAndMeasuredAsynchronous_IsBroken()
    {
        var stated = new Attestation(AttestedStatement.SynchronousCommit, "li", "wang", "doc", default, default, null);
        SynchronyInterval fallen = new("ledger", "dr", Synchrony.Asynchronous, NewYear, NewYear, "synchronous_commit is local");

        SynchronyProofs.Of(null, stated).Should().BeEquivalentTo(new { Proved = true, Broken = false, Attested = true });
        SynchronyProofs.Of(Seen(NewYear, fallen), stated).Should().BeEquivalentTo(new { Proved = false, Broken = true, Attested = false });
    }

    private static StandbyYear Seen(DateTimeOffset first, params SynchronyInterval[] stretches) =>
        new(new ExposureWindow(NewYear, NextYear, 0, 365 * 86_400, 0, 0, 0, 0, 365 * 86_400, 0, 0, first), stretches, NextYear, NextYear);

    private static AvailabilityReading Reading(TimeSpan down, DateTimeOffset to) =>
        new("ledger", new AvailabilityWindow("year", NewYear, to, NextYear), new Downtime(NewYear, to, down, down, down, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));
}
