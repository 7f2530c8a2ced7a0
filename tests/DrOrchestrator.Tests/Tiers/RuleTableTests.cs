using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Tiers;

public sealed class RuleTableTests
{
    [Fact]
    public void InForceAt_ADay_IsTheTableOfThatDay()
    {
        RuleTable.InForceAt(new DateTimeOffset(2026, 11, 26, 23, 59, 59, TimeSpan.Zero)).Version.Should().Be("JR/T 0199-2020, verdict rules 1");
        RuleTable.InForceAt(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero)).Version.Should().Be("JR/T 0199-2020, verdict rules 2");
        RuleTable.InForceAt(DateTimeOffset.UnixEpoch).Should().BeSameAs(RuleTable.All[0]);
    }

    [Fact]
    public void OfVersion_EveryVersion_IsFoundByItsName()
    {
        RuleTable.All.Should().OnlyHaveUniqueItems(table => table.Version);
        RuleTable.All.Select(table => RuleTable.OfVersion(table.Version)).Should().Equal(RuleTable.All);
        RuleTable.OfVersion("rules of nobody").Should().BeNull();
    }

    [Theory]
    [InlineData(5, null, 1, false)]
    [InlineData(5, 3.0, 3, true)]
    [InlineData(5, 0.5, 1, false)]
    [InlineData(5, 1.0, 1, false)]
    [InlineData(6, 3.0, 0, false)]
    [InlineData(4, 9000.0, 3600, false)]
    public void CeilingOf_ATier_IsRaisedOnlyForTier5AndSaysSo(int tier, double? raised, double seconds, bool deviates) =>
        RuleTable.Current.CeilingOf(TierTable.Current.LimitsOf(tier)!, raised is { } value ? TimeSpan.FromSeconds(value) : null)
            .Should().Be((TimeSpan.FromSeconds(seconds), deviates));

    [Fact]
    public void CeilingOf_Tier5WithALimitOfItsOwn_IsThatLimit()
    {
        var limits = TierTable.Current.LimitsOf(5)! with { Rpo = TimeSpan.FromSeconds(10) };

        RuleTable.Current.CeilingOf(limits, TimeSpan.FromSeconds(30)).Should().Be((TimeSpan.FromSeconds(10), false));
        limits.RpoCeiling.Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void AssessmentDue_OverWeekends_CountsMondayToFriday()
    {
        var friday = new DateTimeOffset(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);

        RuleTable.Current.AssessmentDue(friday, DrOrchestrator.Compliance.WorkingDays.MondayToFriday.Includes).Should().Be(new DateTimeOffset(2026, 12, 11, 9, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void AssessmentDue_NoWorkingDayAtAll_EndsAfterAYear()
    {
        var friday = new DateTimeOffset(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);

        RuleTable.Current.AssessmentDue(friday, _ => false).Should().Be(friday.AddYears(1));
    }

    [Fact]
    public void Under_AnOverlay_TightensAndNamesItsSourceAndNeverLoosens()
    {
        var own = new LimitOverlay("bank", "doc 7", null, TimeSpan.FromHours(2), TimeSpan.FromHours(9), null, 99.95m);

        var limits = TierClassifier.Classify([new Impact(ImpactScope.FinancialRights, Severity.Moderate)], overlays: [own, own with { Name = "other", Tier = 6, Rto = TimeSpan.Zero }]).Limits!;

        limits.Should().BeEquivalentTo(new
        {
            Rto = TimeSpan.FromHours(2),
            RtoSource = "overlay bank: doc 7",
            Rpo = TimeSpan.FromHours(1),
            RpoSource = "JR/T 0199-2020 annex table 2, tier 4",
            AvailabilityPercent = 99.95m,
            AvailabilitySource = "overlay bank: doc 7",
            YearlyDowntime = TimeSpan.FromHours(10),
        });
    }

    [Fact]
    public void Under_AnOverlayForTheTier_TightensEveryLimitIfStricterAndOnlyThen()
    {
        var table = TierTable.Current.LimitsOf(4)!;
        var same = new LimitOverlay("bank", "doc 7", 4, table.Rto, table.Rpo, table.YearlyDowntime, table.AvailabilityPercent);
        var stricter = new LimitOverlay("bank", "doc 7", 4, TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(2), 99.99m);

        table.Under(same).Should().Be(table, "a limit keeps the source that set it first");
        table.Under(new LimitOverlay("bank", "doc 7", null, null, null, null, null)).Should().Be(table);
        table.Under(stricter with { Tier = 5 }).Should().Be(table);
        table.Under(stricter).Should().Be(table with
        {
            Rto = TimeSpan.FromHours(1),
            Rpo = TimeSpan.FromMinutes(1),
            YearlyDowntime = TimeSpan.FromHours(2),
            AvailabilityPercent = 99.99m,
            RtoSource = "overlay bank: doc 7",
            RpoSource = "overlay bank: doc 7",
            DowntimeSource = "overlay bank: doc 7",
            AvailabilitySource = "overlay bank: doc 7",
        });
    }
}
