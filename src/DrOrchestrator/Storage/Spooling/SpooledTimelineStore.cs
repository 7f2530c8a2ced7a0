using System.Collections.Concurrent;
using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// Timelines through the spool. While the database is away or hangs, readers get what it last told of a subject together with everything written since. What nobody had
/// asked for before, from so early on, cannot be answered then: <see cref="RecordsAwayException"/>. Any other failure of the database's is a fault of ours, and told.
/// </summary>
internal sealed class SpooledTimelineStore(ITimelineStore inner, Lazy<SpooledWrites> writes, PromptReads reads) : ITimelineStore
{
    private readonly ConcurrentDictionary<string, ToldTimeline> _told = new(StringComparer.Ordinal);
    private readonly ToldTails _tails = new();

    public async Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (waiting, told) = (writes.Value.Overlay.Changes(subject), _told.GetOrAdd(subject, static _ => new ToldTimeline()));
        IReadOnlyList<Interval> rows;
        try
        {
            rows = await reads.AskAsync("intervals", ReadAsync, told.Intervals(from) is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (RecordsAwayException) when (told.Intervals(from) is { } remembered)
        {
            rows = SpoolOverlay.After(waiting, remembered);
        }

        return [.. rows.Where(row => row.Start.Earliest < to && (row.End is not { } end || end.Latest > from))];

        // To the end, so that what is remembered can be continued by the changes that follow.
        async Task<IReadOnlyList<Interval>> ReadAsync()
        {
            var generation = told.Generation;
            var stored = SpoolOverlay.After(waiting, await inner.ReadAsync(subject, from, DateTimeOffset.MaxValue, CancellationToken.None).ConfigureAwait(false));
            told.Remember(generation, from, stored);
            return stored;
        }
    }

    public async Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (waiting, told) = (writes.Value.Overlay.Blips(subject, from, DateTimeOffset.MaxValue), _told.GetOrAdd(subject, static _ => new ToldTimeline()));
        IReadOnlyList<Blip> blips;
        try
        {
            blips = await reads.AskAsync("blips", ReadAsync, told.Blips(from) is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (RecordsAwayException) when (told.Blips(from) is { } remembered)
        {
            blips = [.. remembered.Union(waiting)];
        }

        return [.. blips.Where(blip => blip.From < to && blip.To > from).OrderBy(blip => blip.From)];

        async Task<IReadOnlyList<Blip>> ReadAsync()
        {
            var generation = told.Generation;
            IReadOnlyList<Blip> stored = [.. (await inner.ReadBlipsAsync(subject, from, DateTimeOffset.MaxValue, CancellationToken.None).ConfigureAwait(false)).Union(waiting)];
            told.Remember(generation, from, stored);
            return stored;
        }
    }

    /// <summary>While the database is away: those that wait in the spool, and what is remembered of each subject that was ever asked for.</summary>
    public async Task<IReadOnlyList<Blip>> ReadBlipsAsync(DateTimeOffset endedAfter, CancellationToken cancellationToken)
    {
        var waiting = writes.Value.Overlay.Blips(endedAfter);
        IEnumerable<Blip> blips;
        try
        {
            blips = await reads.AskAsync("blips", () => inner.ReadBlipsAsync(endedAfter, CancellationToken.None), hasFallback: true, cancellationToken).ConfigureAwait(false);
        }
        catch (RecordsAwayException)
        {
            blips = _told.Values.SelectMany(told => told.Blips(DateTimeOffset.MaxValue) ?? []).Where(blip => blip.To > endedAfter);
        }

        return [.. blips.Union(waiting).OrderBy(blip => blip.Subject, StringComparer.Ordinal).ThenBy(blip => blip.From)];
    }

    /// <summary>Durable when it returns: in the database, or in the spool. After a failure the same batch comes again before any other.</summary>
    /// <exception cref="ObservationsLostException">See there.</exception>
    public async Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken)
    {
        await writes.Value.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        _tails.Add(batch);
        foreach (var change in batch.Changes)
        {
            _told.GetValueOrDefault(change.Subject)?.Add(change);
        }

        foreach (var blip in batch.Blips)
        {
            _told.GetValueOrDefault(blip.Subject)?.Add(blip);
        }
    }

    public async Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, TimelineTail> stored;
        try
        {
            stored = await reads.AskAsync("tails", ReadAsync, _tails.HasTold, cancellationToken).ConfigureAwait(false);
        }
        catch (RecordsAwayException) when (_tails.Told is { } remembered)
        {
            return writes.Value.Overlay.Tails(remembered);
        }

        var tails = writes.Value.Overlay.Tails(stored);
        writes.Value.Know(tails);
        return tails;

        async Task<IReadOnlyDictionary<string, TimelineTail>> ReadAsync()
        {
            var generation = _tails.Generation;
            var told = await inner.ReadTailsAsync(CancellationToken.None).ConfigureAwait(false);
            _tails.Remember(generation, told);
            return told;
        }
    }
}
