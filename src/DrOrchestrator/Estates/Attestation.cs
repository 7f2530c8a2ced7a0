namespace DrOrchestrator.Estates;

/// <summary>What a person may state for a system where nothing can be measured, or where a rule lets a decision deviate.</summary>
public enum AttestedStatement
{
    /// <summary>service-time-basis: the availability verdict takes 服务时间口径 (verdict rule 2).</summary>
    ServiceTimeBasis,

    /// <summary>raised-ceiling: tier 5's "about 0" is held against a higher ceiling (verdict rule 7); prints a deviation.</summary>
    RaisedCeiling,

    /// <summary>synchronous-commit: an engine we cannot ask commits synchronously (verdict rule 8).</summary>
    SynchronousCommit,
}

/// <summary>A statement with its owner, another person as reviewer, its document and its term of at most 12 months.</summary>
/// <param name="Value">Of <see cref="AttestedStatement.RaisedCeiling"/>; null otherwise.</param>
/// <param name="From">First day it speaks for.</param>
/// <param name="Until">Last day.</param>
public sealed record Attestation(AttestedStatement Statement, string Owner, string Reviewer, string Source, DateOnly From, DateOnly Until, TimeSpan? Value)
{
    /// <summary>It speaks for that day, by the offset of the moment (<see cref="Estate.Local"/>).</summary>
    public bool HoldsAt(DateTimeOffset moment) => DateOnly.FromDateTime(moment.DateTime) is var day && day >= From && day <= Until;
}
