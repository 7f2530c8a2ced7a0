namespace DrOrchestrator.Availability;

/// <summary>A minute as one process saw it.</summary>
/// <param name="Epoch">The process: what it says of a minute replaces what it said before, and stands beside what other processes say.</param>
public sealed record SeenMinute(string Epoch, ProbeMinute Minute);

/// <summary>
/// Minutes of probes on disk, keyed by probe, minute and epoch, and the hours made of them. A row holds all its process has seen of the minute, never an increment; so
/// writing it twice, after a crash or out of a spool, counts nothing twice, and of two versions the one with more results is the newer.
/// </summary>
public interface IProbeMinuteStore
{
    /// <summary>Minutes are kept this long.</summary>
    static readonly TimeSpan Kept = TimeSpan.FromDays(8);

    /// <summary>Hours are kept this long: a calendar year, and the time to write its report. Those of a probe that is gone too.</summary>
    static readonly TimeSpan HoursKept = TimeSpan.FromDays(400);

    /// <summary>An hour is rolled up this long after its end, when its minutes have arrived; those that come later are added.</summary>
    static readonly TimeSpan RolledUpAfter = TimeSpan.FromMinutes(5);

    /// <summary>Keeps minutes, in one transaction.</summary>
    Task SaveAsync(IReadOnlyList<SeenMinute> minutes, CancellationToken cancellationToken);

    /// <summary>The minutes of a probe that begin in [from, to), ordered by minute; one for every epoch.</summary>
    Task<IReadOnlyList<SeenMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>
    /// What there is of [from, to), each result exactly once whatever is rolled up meanwhile: hours wholly inside, oldest first, and the minutes that are in none of them.
    /// </summary>
    /// <exception cref="Exception">The database cannot be read.</exception>
    Task<ProbePast> ReadPastAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>
    /// Rolls up some hours that are over or have got minutes since, and forgets some that are too old, minutes only once they are in their hour; all in one transaction,
    /// so that after a crash a result is in a minute, or in an hour, or in both and counted once. A piece of work that holds up no other writer for long.
    /// </summary>
    /// <returns>How many hours it had to do with; 0: nothing is left to roll up.</returns>
    Task<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
