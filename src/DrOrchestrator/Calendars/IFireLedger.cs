using DrOrchestrator.Evidence;

namespace DrOrchestrator.Calendars;

/// <summary>What calendar entries have done at their fire times.</summary>
public interface IFireLedger
{
    /// <summary>
    /// Appends the finding, unless this (schedule, fire time) already has one. Key and finding are durable together, so neither a second firing nor a crash makes two
    /// of it, or none. Returns whether it was appended.
    /// </summary>
    Task<bool> RecordOnceAsync(string schedule, DateTimeOffset fireTime, EvidenceDraft finding, CancellationToken cancellationToken);
}
