namespace DrOrchestrator.Availability;

/// <summary>A minute as one process saw it.</summary>
/// <param name="Epoch">The process: what it says of a minute replaces what it said before, and stands beside what other processes say.</param>
public sealed record SeenMinute(string Epoch, ProbeMinute Minute);

/// <summary>
/// Minutes of probes on disk, keyed by probe, minute and epoch. A row holds all its process has seen of the minute, never an increment; so writing it twice, after a
/// crash or out of a spool, counts nothing twice, and of two versions the one with more results is the newer.
/// </summary>
public interface IProbeMinuteStore
{
    /// <summary>Minutes are kept this long.</summary>
    static readonly TimeSpan Kept = TimeSpan.FromDays(8);

    /// <summary>Keeps minutes, in one transaction.</summary>
    Task SaveAsync(IReadOnlyList<SeenMinute> minutes, CancellationToken cancellationToken);

    /// <summary>The minutes of a probe that begin in [from, to), ordered by minute; one for every epoch.</summary>
    Task<IReadOnlyList<SeenMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
