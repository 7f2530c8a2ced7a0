namespace DrOrchestrator.Availability;

/// <summary>Reads what is on disk together with what is going on in memory.</summary>
public interface ITimelineReader
{
    /// <summary>Everything known of a subject over [from, to).</summary>
    Task<SubjectTimeline> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}

/// <summary>See <see cref="ITimelineReader"/>.</summary>
internal sealed class TimelineReader(ITimelineStore store, LiveSubjects live) : ITimelineReader
{
    public async Task<SubjectTimeline> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Memory first: what it says is then on disk or still suspected, never neither.
        var (observed, suspected) = live.Read(subject, to);
        var intervals = await store.ReadAsync(subject, from, to, cancellationToken).ConfigureAwait(false);
        var blips = await store.ReadBlipsAsync(subject, from, to, cancellationToken).ConfigureAwait(false);
        return new SubjectTimeline(subject, intervals, suspected is null ? blips : [.. blips, suspected], observed);
    }
}
