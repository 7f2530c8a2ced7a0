using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability.Planned;

/// <summary>Where people put planned interruptions and known outages on record. Who may call is the caller's to see to; that nobody approves their own is seen to here.</summary>
public sealed class MaintenanceDesk(IMaintenanceStore store, EstateHolder estates, ProcessClock clock)
{
    /// <summary>Everything on record.</summary>
    public Task<MaintenanceBook> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(cancellationToken);

    /// <summary>Asks for a planned interruption.</summary>
    public Task<MaintenanceResult> RequestAsync(MaintenanceRequest request, Person by, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        return store.ChangeAsync(book => MaintenanceRules.Request(book, request, by, clock.Now, new MaintenanceLimits(estate.MaintenanceNotice, estate.MaintenanceLongest), SystemsOf(estate)), cancellationToken);
    }

    /// <summary>Approves one; by another person, in time, and only what the estate allows now.</summary>
    public Task<MaintenanceResult> ApproveAsync(long number, Person by, CancellationToken cancellationToken)
    {
        var longest = estates.Current.MaintenanceLongest;
        return store.ChangeAsync(book => MaintenanceRules.Approve(book, number, by, clock.Now, longest), cancellationToken);
    }

    /// <summary>Calls one off that has not begun.</summary>
    public Task<MaintenanceResult> CancelAsync(long number, string reason, Person by, CancellationToken cancellationToken) =>
        store.ChangeAsync(book => MaintenanceRules.Cancel(book, number, reason, by, clock.Now), cancellationToken);

    /// <summary>Adds an interruption that people know of.</summary>
    public Task<MaintenanceResult> ReportAsync(
        string system, DateTimeOffset from, DateTimeOffset to, string source, string reason, string? changeNumber, Person by, CancellationToken cancellationToken)
    {
        var systems = SystemsOf(estates.Current);
        return store.ChangeAsync(
            book =>
            {
                var now = clock.Now;
                return MaintenanceRules.Report(book, new OutageReport(0, system, from, to, source, reason, changeNumber, new MaintenanceWord(by.Id, now)), by, now, systems);
            },
            cancellationToken);
    }

    private static List<string> SystemsOf(Estate estate) => [.. estate.Systems.Select(system => system.Name)];
}
