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
        var status = QosStatus.Of(Plan(), new QosFloors(99, TimeSpan.FromMilliseconds(500), 0.95, 700), Measured(98.5, 400, 750), 99.97, Now);

        status.Rows.Should().Equal(
            new QosRow("availability", "percent", 99.95, 99.98, null, 99.97, true, false),
            new QosRow("success", "percent", null, null, 99, 98.5, false, true),
            new QosRow("latency", "seconds", 0.2, 0.3, 0.5, 0.4, true, false),
            new QosRow("throughput", "number", 1200, 800, 700, 750, true, false));
        status.ReviewOverdue.Should().BeFalse();
    }

    [Fact]
    public void Of_NothingMeasured_BreaksNothing() =>
        QosStatus.Of(Plan(), new QosFloors(99, null, 0.95, null), null, null, Now).Rows.Should().OnlyContain(row => !row.BelowFloor && !row.BelowTarget && row.Measured == null);

    [Fact]
    public void Of_WhatIsExactlyAsAgreed_IsNotWorse() =>
        QosStatus.Of(Plan(), new QosFloors(99, TimeSpan.FromMilliseconds(300), 0.95, 800), Measured(99, 300, 800), 99.98, Now).Rows.Should().OnlyContain(row => !row.BelowFloor && !row.BelowTarget);

    [Fact]
    public void Of_NothingDeclaredNorMeasured_HasNoRows()
    {
        QosStatus.Of(null, QosFloors.None, null, null, Now).Should().BeEquivalentTo(new { Rows = Array.Empty<QosRow>(), ReviewOverdue = false });
        QosStatus.Of(null, QosFloors.None, null, 99.9, Now).Rows.Should().ContainSingle().Which.Figure.Should().Be("availability");
    }

    [Fact]
    public void Of_DayOfTheReview_IsNotOverdueYet() => QosStatus.Of(Plan() with { ReviewBy = new DateOnly(2026, 11, 27) }, QosFloors.None, null, null, Now).ReviewOverdue.Should().BeFalse();

    [Fact]
    public void Of_ReviewPast_IsOverdue() => QosStatus.Of(Plan() with { ReviewBy = new DateOnly(2026, 11, 26) }, QosFloors.None, null, null, Now).ReviewOverdue.Should().BeTrue();

    [Fact]
    public void Sum_OfMinutes_AddsUpAndMergesQuantiles()
    {
        ProbeMinute[] minutes =
        [
            new("web", Now, 99, 1, 5, LatencyHistogram.Of([.. Enumerable.Repeat(TimeSpan.FromMilliseconds(10), 99)]), new ProbeValues(2, 1000, 400, 600)),
            new("web", Now.AddMinutes(1), 100, 0, 0, LatencyHistogram.Of([.. Enumerable.Repeat(TimeSpan.FromMilliseconds(50), 100)])),
        ];

        var measured = QosWatch.Sum(minutes, 0.95, Now, Now.AddHours(1));

        measured.Should().BeEquivalentTo(new { SuccessPercent = 99.5, Throughput = 500.0, Results = 200L });
        measured.Latency!.Value.TotalMilliseconds.Should().BeApproximately(50, 1);
        QosWatch.Sum([], 0.95, Now, Now).Should().BeEquivalentTo(new { SuccessPercent = (double?)null, Latency = (TimeSpan?)null, Throughput = (double?)null });
    }

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

    private static QosMeasured Measured(double success, double latency, double throughput) => new(Now, Now, success, TimeSpan.FromMilliseconds(latency), 0.95, throughput, 100);
}
