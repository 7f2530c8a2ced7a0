namespace DrOrchestrator.Tiers;

/// <summary>The limits of one tier: JR/T 0199-2020, annex, table 2. Both yearly limits must hold (verdict rule 1).</summary>
/// <param name="Tier">3 to 6 have limits; 1 and 2 have none in table 2.</param>
/// <param name="Rto">Longest recovery time.</param>
/// <param name="Rpo">Largest data loss; zero for tiers 5 (with a ceiling of its own, verdict rule 7) and 6.</param>
/// <param name="YearlyDowntime">Longest unplanned downtime in a year.</param>
/// <param name="AvailabilityPercent">Lowest availability, in percent.</param>
/// <param name="Source">Where the limits come from, for print.</param>
public sealed record TierLimits(int Tier, TimeSpan Rto, TimeSpan Rpo, TimeSpan YearlyDowntime, decimal AvailabilityPercent, string Source)
{
    /// <summary>What the limits of the system's own BIA print as their source.</summary>
    public const string OwnObjective = "the system's own objective (BIA)";

    /// <summary>What a loss or an exposure is held against: the RPO, and one second for tier 5's "about 0" (verdict rule 7).</summary>
    public TimeSpan RpoCeiling => Tier == 5 && Rpo == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : Rpo;

    /// <summary>Where the RTO comes from: the strictest of BIA, table and overlays.</summary>
    public string RtoSource { get; init; } = Source;

    /// <summary>Where the RPO comes from.</summary>
    public string RpoSource { get; init; } = Source;

    /// <summary>Where the yearly downtime limit comes from.</summary>
    public string DowntimeSource { get; init; } = Source;

    /// <summary>Where the availability limit comes from.</summary>
    public string AvailabilitySource { get; init; } = Source;

    /// <summary>The stricter of these limits and an overlay's, each with its source.</summary>
    public TierLimits Under(LimitOverlay overlay)
    {
        if (overlay.Tier is { } only && only != Tier)
        {
            return this;
        }

        var source = $"overlay {overlay.Name}: {overlay.Source}";
        return this with
        {
            Rto = overlay.Rto < Rto ? overlay.Rto.Value : Rto,
            RtoSource = overlay.Rto < Rto ? source : RtoSource,
            Rpo = overlay.Rpo < Rpo ? overlay.Rpo.Value : Rpo,
            RpoSource = overlay.Rpo < Rpo ? source : RpoSource,
            YearlyDowntime = overlay.YearlyDowntime < YearlyDowntime ? overlay.YearlyDowntime.Value : YearlyDowntime,
            DowntimeSource = overlay.YearlyDowntime < YearlyDowntime ? source : DowntimeSource,
            AvailabilityPercent = overlay.AvailabilityPercent > AvailabilityPercent ? overlay.AvailabilityPercent.Value : AvailabilityPercent,
            AvailabilitySource = overlay.AvailabilityPercent > AvailabilityPercent ? source : AvailabilitySource,
        };
    }
}
