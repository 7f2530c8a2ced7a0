namespace DrOrchestrator.Tiers;

/// <summary>Tables 1 and 2 of the annex of JR/T 0199-2020 as one versioned table, so that a verdict can say by which rules it was reached.</summary>
public sealed class TierTable
{
    /// <summary>What the limits of table 2 print as their source.</summary>
    public const string Standard = "JR/T 0199-2020 annex table 2";

    private readonly Dictionary<(ImpactScope, Severity), int> _tiers;
    private readonly Dictionary<int, TierLimits> _limits;

    private TierTable(string rulesVersion, Dictionary<(ImpactScope, Severity), int> tiers, IEnumerable<TierLimits> limits)
    {
        RulesVersion = rulesVersion;
        _tiers = tiers;
        _limits = limits.ToDictionary(limit => limit.Tier);
    }

    /// <summary>The rules in force.</summary>
    public static TierTable Current { get; } = new(
        "JR/T 0199-2020 annex, reading 1",
        new Dictionary<(ImpactScope, Severity), int>
        {
            [(ImpactScope.InternalSupport, Severity.Minor)] = 1,
            [(ImpactScope.InternalSupport, Severity.Moderate)] = 2,
            [(ImpactScope.InternalSupport, Severity.Severe)] = 3,
            [(ImpactScope.InternalOperations, Severity.Minor)] = 2,
            [(ImpactScope.InternalOperations, Severity.Moderate)] = 3,
            [(ImpactScope.InternalOperations, Severity.Severe)] = 4,
            [(ImpactScope.FinancialRights, Severity.Minor)] = 3,
            [(ImpactScope.FinancialRights, Severity.Moderate)] = 4,
            [(ImpactScope.FinancialRights, Severity.Severe)] = 5,
            [(ImpactScope.NationalStability, Severity.Minor)] = 4,
            [(ImpactScope.NationalStability, Severity.Moderate)] = 5,
            [(ImpactScope.NationalStability, Severity.Severe)] = 6,
        },
        [
            new TierLimits(3, TimeSpan.FromHours(24), TimeSpan.FromHours(24), TimeSpan.FromDays(4), 99m, $"{Standard}, tier 3"),
            new TierLimits(4, TimeSpan.FromHours(4), TimeSpan.FromHours(1), TimeSpan.FromHours(10), 99.9m, $"{Standard}, tier 4"),
            new TierLimits(5, TimeSpan.FromMinutes(30), TimeSpan.Zero, TimeSpan.FromHours(1), 99.99m, $"{Standard}, tier 5"),
            new TierLimits(6, TimeSpan.FromMinutes(2), TimeSpan.Zero, TimeSpan.FromMinutes(5), 99.999m, $"{Standard}, tier 6"),
        ]);

    /// <summary>Names the table; printed beside every tier and kept in evidence.</summary>
    public string RulesVersion { get; }

    /// <summary>Table 1: the tier (1 to 6) of one scope and severity.</summary>
    public int TierOf(ImpactScope scope, Severity severity) => _tiers[(scope, severity)];

    /// <summary>Table 2: the limits of a tier, or null for tiers 1 and 2, which have none.</summary>
    public TierLimits? LimitsOf(int tier) => _limits.GetValueOrDefault(tier);
}
