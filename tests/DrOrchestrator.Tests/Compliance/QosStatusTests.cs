using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Compliance;

public sealed class QosStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(4.9, null)]
    [InlineData(-4.9, null)]
    [InlineData(5, null)]
    [InlineData(10_800, "moments are labelled 3 h behind the wall clock: the machine was suspended or its clock was set")]
    [InlineData(-60, "moments are labelled 60 s ahead of the wall clock: the machine was suspended or its clock was set")]
    public void OfClock_WallClockMovedAway_IsToldWithItsSize(double seconds, string? said) =>
        ClauseFindings.OfClock(TimeSpan.FromSeconds(seconds)).Select(finding => finding.Text).Should().Equal(said is null ? [] : [said]);

    [Fact]
    public void Of_WhatIsMeasured_StandsBesideForecastTargetAndFloor()
    {
        var status = QosStatus.Of(Plan(), new QosFloors(99, TimeSpan.FromMilliseconds(500), 0.95, 700), [Sum("hour", 197, 3, 400, 750)], window => window == "year" ? 99.97 : null, Now);

        Shown(status.Rows).Should().Equal(
            new QosRow("availability", "percent", 99.95, 99.98, null, 99.97, true, false),
            new QosRow("success", "percent", null, null, 99, 98.5, false, true),
            new QosRow("latency", "seconds", 0.2, 0.3, 0.5, 0.4, true, false) { Quantile = 0.95 },
            new QosRow("throughput", "number", 1200, 800, 700, 750, true, false));
        status.ReviewOverdue.Should().BeFalse();
    }

    [Fact]
    public void Of_WhatIsExactlyAsAgreed_IsNotWorse() =>
        QosStatus.Of(Plan(), new QosFloors(99, TimeSpan.FromMilliseconds(300), 0.95, 800), [Sum("hour", 99, 1, 300, 800)], _ => 99.98, Now).Rows.Should().OnlyContain(row => !row.BelowFloor && !row.BelowTarget);

    [Fact]
    public void Of_NothingDeclaredNorMeasured_HasNoRows()
    {
        QosStatus.Of(null, QosFloors.None, [], _ => null, Now).Should().BeEquivalentTo(new { Rows = Array.Empty<QosRow>(), ReviewOverdue = false });
        QosStatus.Of(null, QosFloors.None, [], _ => 99.9, Now).Rows.Should().ContainSingle().Which.Figure.Should().Be("availability");
    }

    [Fact]
    public void Of_DayOfTheReview_IsNotOverdueYet() => QosStatus.Of(Plan() with { ReviewBy = new DateOnly(2026, 11, 27) }, QosFloors.None, [], _ => null, Now).ReviewOverdue.Should().BeFalse();

    [Fact]
    public void Of_SeveralWindows_EachHasItsOwnFiguresPeriodAndCoverage()
    {
        var year = Sum("year", 99, 1, 100, 900) with { From = Now.AddDays(-300), Since = Now.AddDays(-3), CoveragePercent = 0.9 };

        var status = QosStatus.Of(Plan(), QosFloors.None, [Sum("hour", 100, 0, 400, 750), year], window => window == "year" ? 99.99 : null, Now);

        status.Periods.Select(period => period with { Rows = [] }).Should().BeEquivalentTo(
            [
                new { Window = "hour", From = Now.AddHours(-1), To = Now, Since = Now.AddHours(-1), CoveragePercent = 100.0, Results = 100L },
                new { Window = "year", From = Now.AddDays(-300), To = Now, Since = Now.AddDays(-3), CoveragePercent = 0.9, Results = 100L },
            ],
            options => options.WithStrictOrdering());
        status.Periods.SelectMany(period => period.Rows.Where(row => row.Figure is "success" or "availability").Select(row => (period.Window, row.Figure, row.Measured))).Should().Equal(
            ("hour", "availability", null), ("hour", "success", 100), ("year", "availability", 99.99), ("year", "success", 99));
        status.Rows.Should().ContainSingle(row => row.Figure == "success").Which.Measured.Should().Be(100, "alerts go by the last hour");
    }

    [Fact]
    public void Of_QuantilesThatDiffer_AreEachMeasuredAndHeldAgainstTheirOwnLimit()
    {
        var plan = Plan() with { Forecast = new QosFigures(null, TimeSpan.FromMilliseconds(20), 0.5, null) };
        var sum = Sum("hour", 100, 0, 0, 1) with { Sum = new ProbeSum(100, 0, 0, LatencyHistogram.Of(Enumerable.Range(0, 100).Select(i => TimeSpan.FromMilliseconds(i < 90 ? 10 : 350)))) };

        var status = QosStatus.Of(plan, new QosFloors(null, TimeSpan.FromMilliseconds(300), (double)(99.9m / 100), null), [sum], _ => null, Now);

        Shown(status.Rows).Where(row => row.Figure == "latency").Should().Equal(
            new QosRow("latency", "seconds", 0.02, null, null, 0.01, false, false) { Quantile = 0.5 },
            new QosRow("latency", "seconds", null, 0.3, null, 0.35, true, false) { Quantile = 0.95 },
            new QosRow("latency", "seconds", null, null, 0.3, 0.35, false, true) { Quantile = 0.999 });
        status.Rows.Select(row => row.Key).Should().Contain(["latency-p50", "latency-p95", "latency-p99.9"]);
    }

    [Fact]
    public void Of_NothingMeasured_BreaksNothing() =>
        QosStatus.Of(Plan(), new QosFloors(99, null, 0.95, null), [], _ => null, Now).Rows.Should().OnlyContain(row => !row.BelowFloor && !row.BelowTarget && row.Measured == null);

    [Fact]
    public void Of_ReviewPast_IsOverdue() => QosStatus.Of(Plan() with { ReviewBy = new DateOnly(2026, 11, 26) }, QosFloors.None, [], _ => null, Now).ReviewOverdue.Should().BeTrue();

    [Fact]
    public void Findings_OfABareSystem_NameEachClauseAndWhatToDo()
    {
        using var folder = new EstateFolderBuilder();
        var estate = folder.LoadGood().Estate;
        var ledger = estate.FindSystem("ledger")!;
        var low = ledger with { Name = "low", Bia = [new ImpactRating(DrOrchestrator.Tiers.ImpactScope.InternalSupport, DrOrchestrator.Tiers.Severity.Minor, "r", "s")] };
        var system = ledger with { DependsOn = ["low"], Products = [new ProductUse("Old DB", 3, "doc")], Qos = Plan() with { Targets = null, ReviewBy = new DateOnly(2026, 1, 1) } };

        var findings = ClauseFindings.Of(estate with { Systems = [system, low] }, system, ["tier 5 wants two vantage points; there is one"], Now);

        findings.Select(finding => (finding.Clause, finding.Text)).Should().Equal(
            ("6 c", "no quality of service is agreed with the business"),
            ("6 a", "the review of the quality of service was due on 2026-01-01"),
            ("6 d", "no probe looks at the layer line"),
            ("6 d", "no probe looks at the layer network"),
            ("6 d", "no probe looks at the layer host"),
            ("A.2", "depends on low, which is held to tier 1; this system to tier 4"),
            ("7.2 g", "uses the product Old DB, which supports tier 3; tier 4 is required"),
            ("rule 9", "tier 5 wants two vantage points; there is one"));
        ClauseFindings.Of(estate with { Systems = [ledger with { Name = "same" }] }, system with { DependsOn = ["same"], Products = [new ProductUse("New DB", 4, "doc")] }, [], Now)
            .Should().NotContain(finding => finding.Clause == "A.2" || finding.Clause == "7.2 g", "as much as is asked for is enough");
        ClauseFindings.Of(estate, low with { Products = [new ProductUse("Old DB", 2, "doc"), new ProductUse("New DB", 3, "doc")] }, [], Now).Where(finding => finding.Clause == "7.2 g").Select(finding => finding.Text)
            .Should().Equal("uses the product Old DB, which supports tier 2; tier 3 is required");
        ClauseFindings.Of(estate, ledger with { IsFintechProduct = true, Products = [] }, [], Now).Should().Contain(finding => finding.Text == "no product is declared with the tier it supports");
        ClauseFindings.Of(estate, ledger with { IsFintechProduct = false, Products = [] }, [], Now).Should().NotContain(finding => finding.Clause == "7.2 g");
        ClauseFindings.Of(estate, ledger with { Qos = null }, [], Now)[0].Should().BeEquivalentTo(new { Clause = "6 a", Text = "no quality of service is declared" });
    }

    [Theory]
    [InlineData(26, true)]
    [InlineData(27, false)] // its last day
    public void Findings_OfAStatement_NameTheOneThatEnded(int day, bool ended)
    {
        using var folder = new EstateFolderBuilder();
        var estate = folder.LoadGood().Estate;
        var stated = new Attestation(AttestedStatement.SynchronousCommit, "li", "wang", "doc", default, new DateOnly(2026, 11, day), null);

        ClauseFindings.Of(estate, estate.FindSystem("ledger")! with { Attestations = [stated] }, [], Now).Any(finding => finding.Clause == "A.3").Should().Be(ended);
    }

    internal static QosPlan Plan() => new(
        new QosFigures(99.95m, TimeSpan.FromMilliseconds(200), 0.95, 1200), new Dictionary<string, string>(), new QosFigures(99.98m, TimeSpan.FromMilliseconds(300), 0.95, 800), "Payments", "doc", "Wang", new DateOnly(2027, 1, 1));

    /// <summary>Latencies are as exact as their buckets.</summary>
    private static IEnumerable<QosRow> Shown(IEnumerable<QosRow> rows) => rows.Select(row => row.Unit == "seconds" && row.Measured is { } value ? row with { Measured = Math.Round(value, 2) } : row);

    private static QosSum Sum(string window, long good, long failed, double latency, double throughput) => new(
        window, Now.AddHours(-1), Now, new ProbeSum(good, failed, 5, LatencyHistogram.Of(TimeSpan.FromMilliseconds(latency)), new ProbeValues(2, 2 * throughput, 0, 2 * throughput)), Now.AddHours(-1), 100);
}
