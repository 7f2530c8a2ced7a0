namespace DrOrchestrator.Tiers;

/// <summary>The limits of one tier: JR/T 0199-2020, annex, table 2. Both yearly limits must hold (verdict rule 1).</summary>
/// <param name="Tier">3 to 6 have limits; 1 and 2 have none in table 2.</param>
/// <param name="Rto">Longest recovery time.</param>
/// <param name="Rpo">Largest data loss; zero for tiers 5 (with a ceiling of its own, verdict rule 7) and 6.</param>
/// <param name="YearlyDowntime">Longest unplanned downtime in a year.</param>
/// <param name="AvailabilityPercent">Lowest availability, in percent.</param>
/// <param name="Source">Where each limit in force comes from, for print.</param>
public sealed record TierLimits(int Tier, TimeSpan Rto, TimeSpan Rpo, TimeSpan YearlyDowntime, decimal AvailabilityPercent, string Source)
{
    /// <summary>What a loss or an exposure is held against: the RPO, and one second for tier 5's "about 0" (verdict rule 7).</summary>
    public TimeSpan RpoCeiling => Tier == 5 && Rpo == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : Rpo;
}
