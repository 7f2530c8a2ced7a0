namespace DrOrchestrator.Availability;

/// <summary>A planned interruption on record and approved in time (verdict rule 4): what falls into it may be planned.</summary>
/// <param name="Start">Inclusive.</param>
/// <param name="End">Exclusive; what lasts longer is an overrun, and unplanned.</param>
public readonly record struct ApprovedWindow(DateTimeOffset Start, DateTimeOffset End);

/// <summary>An interruption known from people, with its source on record; it only ever adds downtime.</summary>
public readonly record struct ReportedOutage(DateTimeOffset From, DateTimeOffset To);

/// <summary>What people put on record about a system's availability.</summary>
public sealed record LedgerEntries(IReadOnlyList<ApprovedWindow> Approved, IReadOnlyList<ReportedOutage> Outages)
{
    /// <summary>Nothing on record.</summary>
    public static LedgerEntries None { get; } = new([], []);
}
