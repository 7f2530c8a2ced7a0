namespace DrOrchestrator.Tiers;

/// <summary>Impact scope (影响范围) of JR/T 0199-2020, annex, table 1.</summary>
public enum ImpactScope
{
    /// <summary>internal-support: internal support, 内部辅助管理.</summary>
    InternalSupport,

    /// <summary>internal-operations: internal operations, 内部运营管理.</summary>
    InternalOperations,

    /// <summary>financial-rights: financial rights of citizens, legal persons and organisations, 公民、法人和其他组织的金融权益.</summary>
    FinancialRights,

    /// <summary>national-stability: national financial stability and order, 国家金融稳定、金融秩序.</summary>
    NationalStability,
}

/// <summary>Severity (危害程度) of JR/T 0199-2020, annex, table 1.</summary>
public enum Severity
{
    /// <summary>minor: 较小影响.</summary>
    Minor,

    /// <summary>moderate: 一般影响.</summary>
    Moderate,

    /// <summary>severe: 严重影响.</summary>
    Severe,
}
