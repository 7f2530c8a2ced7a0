using System.Text.Json.Serialization;
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

    /// <summary>The spool was found damaged at this moment, behind the records before this one: what it held may be lost.</summary>
    public DateTimeOffset? DamagedUntil { get; init; }

    /// <summary>What the database refused of a record, to be replaced by a gap; never in the spool.</summary>
    [JsonIgnore]
    public RefusedPart? Refused { get; init; }
}

/// <summary>What the database refused.</summary>
/// <param name="Subjects">Probes whose states or observations are missing.</param>
/// <param name="Newest">Of it the newest state of each goes on record again, in plain words; null where that is refused too.</param>
internal sealed record RefusedPart(IReadOnlyList<string> Subjects, TimelineBatch? Newest);

/// <summary>Why observations are not on record.</summary>
public enum SpoolLossCause
{
    /// <summary>The spool had no room.</summary>
    Full,

    /// <summary>The spool was not what had been written.</summary>
    Damaged,

    /// <summary>The database refused them.</summary>
    Refused,
}

/// <summary>Observations that did not reach the database.</summary>
/// <param name="To">Null while it goes on, and for ever when the process ended before it could say.</param>
/// <param name="Subjects">Probes whose observations are missing; empty while it goes on.</param>
public sealed record SpoolLoss(DateTimeOffset From, DateTimeOffset? To, IReadOnlyList<string> Subjects)
{
    /// <summary>Why.</summary>
    public SpoolLossCause Cause { get; init; }
}
