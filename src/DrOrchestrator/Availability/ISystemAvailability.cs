using DrOrchestrator.Availability.Planned;

namespace DrOrchestrator.Availability;

/// <summary>A system over one window, with what people put on record, and service time where a calendar is declared.</summary>
public sealed record AvailabilityReading(string System, AvailabilityWindow Window, Downtime Downtime);

/// <summary>Everything figures of one system are computed from.</summary>
/// <param name="Subjects">Rows that overlap the window, and those before it that tell whether a maintenance over its beginning was planned.</param>
/// <param name="Approved">Approved maintenance that overlaps the window.</param>
/// <param name="Service">Committed service time in the window; null where service is committed around the clock.</param>
public sealed record AvailabilityEvidence(
    string System,
    IReadOnlyList<SubjectTimeline> Subjects,
    IReadOnlyList<MaintenanceEntry> Approved,
    IReadOnlyList<OutageReport> Outages,
    IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)>? Service);

/// <summary>
/// Availability of systems, from the ledger on disk and what is going on in memory. Closed rows are read once and kept: any number of systems and windows costs one
/// small query a second. What it answers is at most a second old.
/// </summary>
public interface ISystemAvailability
{
    /// <summary>One window; null where the estate has no such system.</summary>
    async Task<AvailabilityReading?> ReadAsync(string system, AvailabilityWindow window, CancellationToken cancellationToken) =>
        (await ReadAsync(system, [window], cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Several windows of one moment; empty where the estate has no such system.</summary>
    Task<IReadOnlyList<AvailabilityReading>> ReadAsync(string system, IReadOnlyList<AvailabilityWindow> windows, CancellationToken cancellationToken);

    /// <summary>The approved planned work that makes an interruption at a moment a planned one (verdict rule 4); null where it would be unplanned.</summary>
    Task<MaintenanceEntry?> PlannedAtAsync(string system, DateTimeOffset moment, CancellationToken cancellationToken);

    /// <summary>What a figure over [from, to) is computed from; null where the estate has no such system.</summary>
    Task<AvailabilityEvidence?> EvidenceAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
