using DrOrchestrator.Evidence;

namespace DrOrchestrator.Availability.Planned;

/// <summary>Everything people have put on record, as one transaction sees it.</summary>
/// <param name="Newest">The newest moment anything in the store was observed or recorded; null while there is nothing.</param>
public sealed record MaintenanceBook(IReadOnlyList<MaintenanceEntry> Entries, IReadOnlyList<OutageReport> Outages, DateTimeOffset? Newest)
{
    /// <summary>What the ledger of a system takes from it.</summary>
    public LedgerEntries Of(string system) => new(
        [.. Entries.Where(entry => entry.IsInForce && entry.Systems.Contains(system)).Select(entry => new ApprovedWindow(entry.Start, entry.End))],
        [.. Outages.Where(outage => outage.System == system).Select(outage => new ReportedOutage(outage.From, outage.To))]);
}

/// <summary>What a wish to change the book leads to.</summary>
public abstract record MaintenanceResult
{
    private MaintenanceResult()
    {
    }

    /// <summary>A new entry, or one with one word more.</summary>
    /// <param name="Evidence">Written in the same transaction.</param>
    public sealed record Entered(MaintenanceEntry Entry, EvidenceDraft Evidence) : MaintenanceResult;

    /// <summary>A new outage.</summary>
    /// <param name="Evidence">Written in the same transaction.</param>
    public sealed record Reported(OutageReport Outage, EvidenceDraft Evidence) : MaintenanceResult;

    /// <summary>Nothing was written.</summary>
    /// <param name="Code">Stable, for programs.</param>
    /// <param name="Detail">What was found, what is allowed, what to do.</param>
    public sealed record Refused(string Code, string Detail) : MaintenanceResult;
}

/// <summary>The book on disk: entries are only ever added, with their evidence, all or nothing.</summary>
public interface IMaintenanceStore
{
    /// <summary>Everything on record, by number.</summary>
    Task<MaintenanceBook> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Decides by the book as it is, and writes what was decided, in one transaction that nobody else's comes between. <paramref name="decide"/> may run again.</summary>
    Task<MaintenanceResult> ChangeAsync(Func<MaintenanceBook, MaintenanceResult> decide, CancellationToken cancellationToken);
}
