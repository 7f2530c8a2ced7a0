using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>One write of the observing half of the server, on its way to the database or through the spool.</summary>
/// <param name="Writer">One stream of one process: within it numbers ascend, and what has a number at or below the one on record is there already.</param>
internal sealed record SpoolRecord(string Writer, long Number)
{
    public TimelineBatch? Timeline { get; init; }

    public IReadOnlyList<ExposureSample> Exposures { get; init; } = [];

    public IReadOnlyList<SynchronyInterval> Synchrony { get; init; } = [];

    public SpoolLoss? Loss { get; init; }
}

/// <summary>What the spool had no room for: nothing observed in this time is on record.</summary>
/// <param name="To">Null while it goes on, and for ever when the process ended before it could say.</param>
/// <param name="Subjects">Probes whose observations are missing; empty while it goes on.</param>
public sealed record SpoolLoss(DateTimeOffset From, DateTimeOffset? To, IReadOnlyList<string> Subjects);
