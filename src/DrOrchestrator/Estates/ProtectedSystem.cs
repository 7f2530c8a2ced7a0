using DrOrchestrator.Tiers;

namespace DrOrchestrator.Estates;

/// <summary>What the business calls a system.</summary>
/// <param name="Title">zh-CN and en titles by language code; falls back to <paramref name="Name"/>.</param>
/// <param name="Serving">The site that serves as declared; where a run has moved it since, the journal knows better.</param>
/// <param name="Rto">The objective of the BIA, when stricter than the tier's limit; null to take the tier's.</param>
/// <param name="Rpo">As <paramref name="Rto"/>.</param>
/// <param name="IsFintechProduct">Raises the required tier to at least 3 (7.2 g).</param>
public sealed record ProtectedSystem(
    string Name,
    IReadOnlyDictionary<string, string> Title,
    string Department,
    string Owner,
    IReadOnlyList<ImpactRating> Bia,
    string Serving,
    IReadOnlyList<string> Standbys,
    IReadOnlyList<BusinessFunction> Functions,
    TimeSpan? Rto,
    TimeSpan? Rpo,
    bool IsFintechProduct,
    IReadOnlyList<string> DependsOn)
{
    /// <summary>Name of the calendar of committed service time (服务时间口径); null where service is committed around the clock.</summary>
    public string? ServiceCalendar { get; init; }

    /// <summary>Recovery priority of the BIA (恢复优先级, 7.1 c): 1 is recovered first, 9 last. Null: by the required tier, tier 6 first.</summary>
    public int? RecoveryPriority { get; init; }

    /// <summary>LQA floors every service probe of its critical functions is held to, unless the probe has its own of the same kind.</summary>
    public IReadOnlyList<LqaFloor> Floors { get; init; } = [];

    /// <summary>Rules of the institution's own that tighten the limits.</summary>
    public IReadOnlyList<LimitOverlay> Overlays { get; init; } = [];

    /// <summary>Quality of service (clause 6); null where none is declared.</summary>
    public QosPlan? Qos { get; init; }

    /// <summary>The products it uses, each with the tier it supports (7.2 g).</summary>
    public IReadOnlyList<ProductUse> Products { get; init; } = [];

    /// <summary>What people state for it.</summary>
    public IReadOnlyList<Attestation> Attestations { get; init; } = [];

    /// <summary>The statement in force at a moment, or null.</summary>
    public Attestation? Attested(AttestedStatement statement, DateTimeOffset at) => Attestations.FirstOrDefault(one => one.Statement == statement && one.HoldsAt(at));
}

/// <summary>One (scope, severity) pair of the BIA (7.1 c) with its written reason and the business's signer.</summary>
public sealed record ImpactRating(ImpactScope Scope, Severity Severity, string Reason, string Signer);

/// <summary>A business function; the system is down when any critical one is (verdict rule 5).</summary>
public sealed record BusinessFunction(string Name, bool Critical);
