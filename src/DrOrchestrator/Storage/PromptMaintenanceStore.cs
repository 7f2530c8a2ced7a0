using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;

namespace DrOrchestrator.Storage;

/// <summary>What people put on record, read promptly or not at all; while the database is away nothing can be added, so who has read it before has it still.</summary>
internal sealed class PromptMaintenanceStore(IMaintenanceStore inner, PromptReads reads) : IMaintenanceStore
{
    private bool _wasRead;

    /// <exception cref="RecordsAwayException">The database is away, or does not answer.</exception>
    public Task<MaintenanceBook> ReadAsync(CancellationToken cancellationToken) => reads.AskAsync("maintenance", ReadAsync, Volatile.Read(ref _wasRead), cancellationToken);

    public Task<MaintenanceResult> ChangeAsync(Func<MaintenanceBook, MaintenanceResult> decide, CancellationToken cancellationToken) => inner.ChangeAsync(decide, cancellationToken);

    private async Task<MaintenanceBook> ReadAsync()
    {
        var book = await inner.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        Volatile.Write(ref _wasRead, true);
        return book;
    }
}
