using DrOrchestrator.Evidence;

namespace DrOrchestrator.Calendars;

/// <summary>What calendar entries have done at their fire times. Runs that a time opens take it by themselves (<see cref="Drills.Journals.IDrillJournal.OpenAsync"/>).</summary>
public interface IFireLedger
{
    /// <summary>
    /// Appends the finding, unless this (schedule, fire time) already has one. Key and finding are durable together, so neither a second firing nor a crash makes two
    /// of it, or none. Returns whether it was appended.
    /// </summary>
    Task<bool> RecordOnceAsync(string schedule, DateTimeOffset fireTime, EvidenceDraft finding, CancellationToken cancellationToken);

    /// <summary>
    /// Takes these times (of one schedule, oldest first) with what became of them, and appends the records, all in one transaction. False, and nothing is written, where
    /// one of them, or a later one of the schedule, is taken already.
    /// </summary>
    Task<bool> ConcludeAsync(IReadOnlyList<Fire> fires, IReadOnlyList<EvidenceDraft> records, CancellationToken cancellationToken);

    /// <summary>The newest times of a schedule, newest first.</summary>
    Task<IReadOnlyList<Fire>> ReadAsync(string schedule, int limit, CancellationToken cancellationToken);

    /// <summary>Every schedule that was put in force, by name.</summary>
    Task<IReadOnlyList<KeptSchedule>> SchedulesAsync(CancellationToken cancellationToken);

    /// <summary>Puts schedules in force in place of those of their names, and forgets others, in one transaction.</summary>
    Task KeepAsync(IReadOnlyList<KeptSchedule> schedules, IReadOnlyList<string> forgotten, CancellationToken cancellationToken);
}
