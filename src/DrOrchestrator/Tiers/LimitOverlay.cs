namespace DrOrchestrator.Tiers;

/// <summary>A rule of the institution's own beside the standard's table, such as an internal regulation; it only ever tightens.</summary>
/// <param name="Name">Its name in the estate.</param>
/// <param name="Source">The document it stands in, for print.</param>
/// <param name="Tier">The required tier it applies to; null for every tier.</param>
public sealed record LimitOverlay(string Name, string Source, int? Tier, TimeSpan? Rto, TimeSpan? Rpo, TimeSpan? YearlyDowntime, decimal? AvailabilityPercent);
