namespace DrOrchestrator.Availability;

/// <summary>The ledger of intervals on disk: one row per change, closed rows never rewritten.</summary>
public interface ITimelineStore
{
    /// <summary>Intervals of a subject that overlap [from, to), oldest first; the open one last.</summary>
    Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Closes and opens rows and keeps how far each subject has been observed, in one transaction.</summary>
    Task SaveAsync(IReadOnlyList<TimelineChange> changes, IReadOnlyList<ObservedUntil> observed, CancellationToken cancellationToken) =>
        SaveAsync(new TimelineBatch(changes, [], observed), cancellationToken);

    /// <summary>
    /// As above, with the contradictions that were never confirmed and the minutes that are over. Durable when it returns. When it fails, the same batch is to be
    /// brought again before any other: it may have been kept all the same.
    /// </summary>
    /// <exception cref="ObservationsLostException">There was no room anywhere; the batch is given up.</exception>
    Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken);

    /// <summary>Unconfirmed contradictions of a subject that overlap [from, to), oldest first.</summary>
    Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Unconfirmed contradictions of all subjects that ended after a moment.</summary>
    Task<IReadOnlyList<Blip>> ReadBlipsAsync(DateTimeOffset endedAfter, CancellationToken cancellationToken);

    /// <summary>What a restart goes on from, by subject.</summary>
    Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken);
}

/// <summary>One change of state: closes the open row at <paramref name="At"/> and opens the next.</summary>
public sealed record TimelineChange(string Subject, IntervalState State, Edge At, string Reason);

/// <summary>How far a subject has been observed, written every second or so: after a crash the time from here to the first new result is <c>unknown</c>.</summary>
/// <param name="Until">End of the newest result.</param>
/// <param name="LastGoodStartedAt">Start of the newest good result, or null.</param>
/// <param name="LastFailedStartedAt">Start of the newest failed result, or null.</param>
public sealed record ObservedUntil(string Subject, DateTimeOffset Until, DateTimeOffset? LastGoodStartedAt, DateTimeOffset? LastFailedStartedAt);

/// <summary>The open interval of a subject and how far it was observed.</summary>
public sealed record TimelineTail(Interval Open, ObservedUntil Observed);
