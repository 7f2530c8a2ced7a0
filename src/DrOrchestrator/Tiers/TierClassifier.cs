using System.Globalization;

namespace DrOrchestrator.Tiers;

/// <summary>One (scope, severity) pair of a BIA.</summary>
public readonly record struct Impact(ImpactScope Scope, Severity Severity);

/// <summary>The tier of a system and the limits it is held to.</summary>
/// <param name="ClassifiedTier">Highest tier of table 1 over all pairs.</param>
/// <param name="RequiredTier">The tier verdicts are held to: at least 3 for a fintech product (7.2 g).</param>
/// <param name="Limits">The limits in force, each with its source; null for required tiers 1 and 2.</param>
/// <param name="RulesVersion">See <see cref="TierTable.RulesVersion"/>.</param>
public sealed record TierClassification(int ClassifiedTier, int RequiredTier, TierLimits? Limits, string RulesVersion);

/// <summary>Table 1, the floor for fintech products, and the strictest of table 2 and the system's own objectives.</summary>
public static class TierClassifier
{
    private const int FintechFloor = 3;

    /// <summary>Classifies. An objective looser than the table's limit changes nothing.</summary>
    /// <param name="impacts">One or more pairs.</param>
    /// <param name="isFintechProduct">See <see cref="TierClassification.RequiredTier"/>.</param>
    /// <param name="rto">The system's own objective from its BIA (7.1 c), or null.</param>
    /// <param name="rpo">As <paramref name="rto"/>.</param>
    /// <param name="overlays">Rules of the institution's own; they only tighten.</param>
    public static TierClassification Classify(
        IReadOnlyList<Impact> impacts, bool isFintechProduct = false, TimeSpan? rto = null, TimeSpan? rpo = null, IReadOnlyList<LimitOverlay>? overlays = null)
    {
        if (impacts.Count == 0)
        {
            throw new ArgumentException("A tier needs at least one pair of scope and severity.", nameof(impacts));
        }

        var table = TierTable.Current;
        var classified = impacts.Max(impact => table.TierOf(impact.Scope, impact.Severity));
        var required = isFintechProduct ? Math.Max(classified, FintechFloor) : classified;
        return new TierClassification(classified, required, InForce(table.LimitsOf(required), rto, rpo, overlays ?? []), table.RulesVersion);
    }

    private static TierLimits? InForce(TierLimits? limits, TimeSpan? rto, TimeSpan? rpo, IReadOnlyList<LimitOverlay> overlays)
    {
        if (limits is null)
        {
            return null;
        }

        var (ownRto, ownRpo) = (rto < limits.Rto, rpo < limits.Rpo);
        var own = string.Join(" and ", new[] { ownRto ? "RTO" : null, ownRpo ? "RPO" : null }.Where(name => name is not null));
        var strictest = own.Length == 0
            ? limits
            : limits with
            {
                Rto = ownRto ? rto!.Value : limits.Rto,
                RtoSource = ownRto ? TierLimits.OwnObjective : limits.Source,
                Rpo = ownRpo ? rpo!.Value : limits.Rpo,
                RpoSource = ownRpo ? TierLimits.OwnObjective : limits.Source,
                Source = string.Create(CultureInfo.InvariantCulture, $"{own}: the system's own objectives (BIA); the rest: {limits.Source}"),
            };
        return overlays.Aggregate(strictest, (held, overlay) => held.Under(overlay));
    }
}
