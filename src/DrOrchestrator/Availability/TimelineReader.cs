using System.Collections.Concurrent;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability;

/// <summary>Reads what is on disk together with what is going on in memory.</summary>
public interface ITimelineReader
{
    /// <summary>Everything known of a subject over [from, to).</summary>
    Task<SubjectTimeline> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>As <see cref="ReadAsync"/> up to now, from rows kept in memory while nothing changes; it may hold rows from before <paramref name="from"/>.</summary>
    Task<SubjectTimeline> ReadSinceAsync(string subject, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken) => ReadAsync(subject, from, now, cancellationToken);
}

/// <summary>See <see cref="ITimelineReader"/>.</summary>
internal sealed class TimelineReader(WatchedTimelineStore store, Timeline timeline, ProcessClock clock) : ITimelineReader
{
    /// <summary>Another process on the same database writes changes nobody here counts.</summary>
    private static readonly TimeSpan LongestKept = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    public async Task<SubjectTimeline> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Memory first: what it says is then on disk or still suspected, never neither.
        var (observed, suspected) = Live(subject, to);
        var intervals = await store.ReadAsync(subject, from, to, cancellationToken).ConfigureAwait(false);
        var blips = await store.ReadBlipsAsync(subject, from, to, cancellationToken).ConfigureAwait(false);
        return new SubjectTimeline(subject, intervals, suspected is null ? blips : [.. blips, suspected], observed);
    }

    public async Task<SubjectTimeline> ReadSinceAsync(string subject, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (observed, suspected) = Live(subject, now);
        var version = store.VersionOf(subject);
        if (!_kept.TryGetValue(subject, out var kept) || kept.Version != version || kept.From > from || clock.Now - kept.ReadAt > LongestKept)
        {
            kept = new Kept(
                version,
                from,
                clock.Now,
                await store.ReadAsync(subject, from, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false),
                await store.ReadBlipsAsync(subject, from, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false));
            _kept[subject] = kept;
        }

        return new SubjectTimeline(subject, kept.Intervals, suspected is null ? kept.Blips : [.. kept.Blips, suspected], observed);
    }

    private (ObservedUntil? Observed, Blip? Suspected) Live(string name, DateTimeOffset to)
    {
        var subject = timeline.SubjectOf(name);
        lock (subject.Gate)
        {
            var state = subject.State;
            return (subject.Observed, state.Run is { } run && state.State != IntervalState.Unknown && run.Earliest < to ? new Blip(name, state.State, run.Earliest, to) : null);
        }
    }

    private sealed record Kept(long Version, DateTimeOffset From, DateTimeOffset ReadAt, IReadOnlyList<Interval> Intervals, IReadOnlyList<Blip> Blips);
}
