using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Evidence;

namespace DrOrchestrator.Testing.Availability.Planned;

/// <summary>The book in memory.</summary>
public sealed class MemoryMaintenanceStore : IMaintenanceStore
{
    private readonly object _gate = new();
    private List<MaintenanceEntry> _entries = [];
    private List<OutageReport> _outages = [];

    /// <summary>The newest observation of anything; the memory has no timelines to ask.</summary>
    public DateTimeOffset? Observed { get; set; }

    /// <summary>What was appended to the evidence, in order.</summary>
    public List<EvidenceDraft> Evidence { get; } = [];

    public Task<MaintenanceBook> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(Book());
        }
    }

    public Task<MaintenanceResult> ChangeAsync(Func<MaintenanceBook, MaintenanceResult> decide, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var result = decide(Book());
            switch (result)
            {
                case MaintenanceResult.Entered entered:
                    _entries = [.. _entries.Where(known => known.Number != entered.Entry.Number), entered.Entry];
                    Evidence.Add(entered.Evidence);
                    break;
                case MaintenanceResult.Reported reported:
                    _outages = [.. _outages, reported.Outage];
                    Evidence.Add(reported.Evidence);
                    break;
            }

            return Task.FromResult(result);
        }
    }

    private MaintenanceBook Book()
    {
        DateTimeOffset?[] moments =
        [
            Observed,
            .. _entries.SelectMany(entry => new[] { entry.Requested, entry.Approved, entry.Cancelled }).Select(word => word?.At),
            .. _outages.Select(outage => (DateTimeOffset?)outage.Recorded.At),
        ];
        return new MaintenanceBook([.. _entries.OrderBy(entry => entry.Number)], _outages, moments.Max());
    }
}
