namespace DrOrchestrator.Availability;

/// <summary>From a moment on a subject plays another part for a system, or none any more.</summary>
/// <param name="Part">Null: it decides nothing from then on; what it saw before still counts.</param>
/// <param name="At">When the estate that says so was put in force.</param>
public sealed record DecidingChange(string System, string Subject, SubjectPart? Part, DateTimeOffset At);

/// <summary>A subject of a system, and when it played that part.</summary>
/// <param name="Deciding">Oldest first; an open end is <see cref="DateTimeOffset.MaxValue"/>. Null: over all time.</param>
internal sealed record DecidingSubject(string Name, SubjectPart Part, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)>? Deciding);

/// <summary>Which subjects decided for which system, from when to when. Rows are only ever added.</summary>
public interface IDecidingStore
{
    /// <summary>
    /// Adds what <paramref name="decide"/> makes of everything on record, oldest first, in one transaction, and gives back all that is on record then.
    /// <paramref name="decide"/> may run again.
    /// </summary>
    Task<IReadOnlyList<DecidingChange>> ChangeAsync(
        Func<IReadOnlyList<DecidingChange>, IReadOnlyList<DecidingChange>> decide, CancellationToken cancellationToken);
}
