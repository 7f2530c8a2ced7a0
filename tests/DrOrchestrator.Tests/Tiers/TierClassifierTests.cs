using DrOrchestrator.Tiers;
using static DrOrchestrator.Tiers.ImpactScope;
using static DrOrchestrator.Tiers.Severity;

namespace DrOrchestrator.Tests.Tiers;

public sealed class TierClassifierTests
{
    [Theory]
    [InlineData(InternalSupport, Minor, 1)]
    [InlineData(InternalSupport, Moderate, 2)]
    [InlineData(InternalSupport, Severe, 3)]
    [InlineData(InternalOperations, Minor, 2)]
    [InlineData(InternalOperations, Moderate, 3)]
    [InlineData(InternalOperations, Severe, 4)]
    [InlineData(FinancialRights, Minor, 3)]
    [InlineData(FinancialRights, Moderate, 4)]
    [InlineData(FinancialRights, Severe, 5)]
    [InlineData(NationalStability, Minor, 4)]
    [InlineData(NationalStability, Moderate, 5)]
    [InlineData(NationalStability, Severe, 6)]
    public void Classify_OnePair_IsTable1(ImpactScope scope, Severity severity, int tier)
    {
        var result = TierClassifier.Classify([new Impact(scope, severity)]);

        (result.ClassifiedTier, result.RequiredTier, result.RulesVersion).Should().Be((tier, tier, "JR/T 0199-2020 annex, reading 1"));
    }

    [Theory]
    [InlineData(3, 86_400, 86_400, 345_600, 99)]
    [InlineData(4, 14_400, 3_600, 36_000, 99.9)]
    [InlineData(5, 1_800, 0, 3_600, 99.99)]
    [InlineData(6, 120, 0, 300, 99.999)]
    public void LimitsOf_Tier_IsTable2(int tier, double rto, double rpo, double downtime, double availability)
    {
        var limits = TierTable.Current.LimitsOf(tier)!;

        (limits.Rto.TotalSeconds, limits.Rpo.TotalSeconds, limits.YearlyDowntime.TotalSeconds, (double)limits.AvailabilityPercent)
            .Should().Be((rto, rpo, downtime, availability));
        limits.Source.Should().Be($"JR/T 0199-2020 annex table 2, tier {tier}");
    }

    [Fact]
    public void Classify_SeveralPairs_TakesTheHighest() =>
        TierClassifier.Classify([new Impact(InternalSupport, Severe), new Impact(FinancialRights, Severe), new Impact(InternalOperations, Minor)]).ClassifiedTier.Should().Be(5);

    [Fact]
    public void Classify_FintechProductOfTier1_IsHeldToTier3()
    {
        var result = TierClassifier.Classify([new Impact(InternalSupport, Minor)], isFintechProduct: true);

        (result.ClassifiedTier, result.RequiredTier, result.Limits!.Tier).Should().Be((1, 3, 3));
    }

    [Fact]
    public void Classify_FintechProductOfTier5_StaysThere() =>
        TierClassifier.Classify([new Impact(FinancialRights, Severe)], isFintechProduct: true).RequiredTier.Should().Be(5);

    [Theory]
    [InlineData(Minor)]
    [InlineData(Moderate)]
    public void Classify_Tiers1And2_HaveNoLimits(Severity severity) =>
        TierClassifier.Classify([new Impact(InternalSupport, severity)], rto: TimeSpan.FromHours(1)).Limits.Should().BeNull();

    [Fact]
    public void Classify_StricterObjectives_AreInForceWithTheirSource()
    {
        var limits = TierClassifier.Classify([new Impact(FinancialRights, Moderate)], rto: TimeSpan.FromHours(1), rpo: TimeSpan.FromMinutes(5)).Limits!;

        (limits.Rto, limits.Rpo, limits.YearlyDowntime).Should().Be((TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(10)));
        limits.Source.Should().Be("RTO and RPO: the system's own objectives (BIA); the rest: JR/T 0199-2020 annex table 2, tier 4");
    }

    [Theory]
    [InlineData(1.0, null, 1, 1, TierLimits.OwnObjective, "JR/T 0199-2020 annex table 2, tier 4")]
    [InlineData(null, 0.5, 4, 0.5, "JR/T 0199-2020 annex table 2, tier 4", TierLimits.OwnObjective)]
    [InlineData(1.0, 0.5, 1, 0.5, TierLimits.OwnObjective, TierLimits.OwnObjective)]
    public void Classify_OneObjectiveIsStricter_LeavesTheOtherToTheTable(double? rto, double? rpo, double heldRto, double heldRpo, string rtoSource, string rpoSource)
    {
        TimeSpan? Hours(double? hours) => hours is { } known ? TimeSpan.FromHours(known) : null;

        TierClassifier.Classify([new Impact(FinancialRights, Moderate)], rto: Hours(rto), rpo: Hours(rpo)).Limits.Should().BeEquivalentTo(
            new { Rto = TimeSpan.FromHours(heldRto), Rpo = TimeSpan.FromHours(heldRpo), RtoSource = rtoSource, RpoSource = rpoSource });
    }

    [Theory]
    [InlineData(24)]
    [InlineData(1)] // as the table has it
    public void Classify_LooserOrEqualObjectives_ChangeNothing(double rpo) =>
        TierClassifier.Classify([new Impact(FinancialRights, Moderate)], rto: TimeSpan.FromHours(4), rpo: TimeSpan.FromHours(rpo)).Limits
            .Should().Be(TierTable.Current.LimitsOf(4));

    [Fact]
    public void Classify_NoPair_IsAMistakeOfTheCaller()
    {
        var classify = () => TierClassifier.Classify([]);

        classify.Should().Throw<ArgumentException>();
    }
}
