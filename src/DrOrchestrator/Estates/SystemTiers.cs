using DrOrchestrator.Tiers;

namespace DrOrchestrator.Estates;

/// <summary>The tier of a declared system.</summary>
public static class SystemTiers
{
    /// <summary>Classifies the system by its BIA, its objectives and whether it is a fintech product.</summary>
    public static TierClassification Classify(this ProtectedSystem system) =>
        TierClassifier.Classify([.. system.Bia.Select(rating => new Impact(rating.Scope, rating.Severity))], system.IsFintechProduct, system.Rto, system.Rpo, system.Overlays);
}
