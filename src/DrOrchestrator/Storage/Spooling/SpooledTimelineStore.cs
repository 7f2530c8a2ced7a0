using System.Collections.Concurrent;
using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// Timelines through the spool. While the database is away, readers get what it last told of a subject together with everything written since; a window that begins
/// before any that was asked for cannot be answered then, and throws.
/// </summary>
internal sealed class SpooledTimelineStore(ITimelineStore inner, Lazy<SpooledWrites> writes) : ITimelineStore
{
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var waiting = writes.Value.Overlay.Changes(subject);
        IReadOnlyList<Interval> stored;
        try
        {
            // Read to the end, so that what is remembered can be continued by the changes that follow.
            var known = _known.GetOrAdd(subject, static _ => new Known());
            var generation = known.Generation;
            stored = await inner.ReadAsync(subject, from, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false);
            known.Remember(generation, from, stored);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested && _known[subject].Intervals(from) is { } remembered)
        {
            stored = remembered;
        }

        return [.. SpoolOverlay.After(waiting, stored).Where(row => row.Start.Earliest < to && (row.End is not { } end || end.Latest > from))];
    }

    public async Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var waiting = writes.Value.Overlay.Blips(subject, from, to);
        IReadOnlyList<Blip> stored;
        try
        {
            var known = _known.GetOrAdd(subject, static _ => new Known());
            var generation = known.Generation;
            stored = await inner.ReadBlipsAsync(subject, from, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false);
            known.Remember(generation, from, stored);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested && _known[subject].Blips(from) is { } remembered)
        {
            stored = remembered;
        }

        return [.. stored.Union(waiting).Where(blip => blip.From < to && blip.To > from).OrderBy(blip => blip.From)];
    }

    /// <summary>While the database is away: those that wait in the spool; who asks again and again has the others.</summary>
    public async Task<IReadOnlyList<Blip>> ReadBlipsAsync(DateTimeOffset endedAfter, CancellationToken cancellationToken)
    {
        var waiting = writes.Value.Overlay.Blips(endedAfter);
        try
        {
            return [.. (await inner.ReadBlipsAsync(endedAfter, cancellationToken).ConfigureAwait(false)).Union(waiting).OrderBy(blip => blip.Subject, StringComparer.Ordinal).ThenBy(blip => blip.From)];
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return waiting;
        }
    }

    /// <summary>Durable when it returns: in the database, or in the spool. After a failure the same batch comes again before any other.</summary>
    /// <exception cref="ObservationsLostException">See there.</exception>
    public async Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken)
    {
        await writes.Value.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        foreach (var change in batch.Changes)
        {
            _known.GetValueOrDefault(change.Subject)?.Add(change);
        }

        foreach (var blip in batch.Blips)
        {
            _known.GetValueOrDefault(blip.Subject)?.Add(blip);
        }
    }

    public async Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken)
    {
        var tails = writes.Value.Overlay.Tails(await inner.ReadTailsAsync(cancellationToken).ConfigureAwait(false));
        writes.Value.Know(tails);
        return tails;
    }

    /// <summary>What the database told of a subject, from some moment on, continued by what was written since. Intervals and contradictions of the widest window asked for.</summary>
    private sealed class Known
    {
        private readonly object _gate = new();
        private (DateTimeOffset From, IReadOnlyList<Interval> Rows)? _intervals;
        private (DateTimeOffset From, IReadOnlyList<Blip> Rows)? _blips;
        private int _generation;

        /// <summary>Counts the writes: what was read while one went on may or may not have it, and is not remembered.</summary>
        public int Generation
        {
            get
            {
                lock (_gate)
                {
                    return _generation;
                }
            }
        }

        public IReadOnlyList<Interval>? Intervals(DateTimeOffset from)
        {
            lock (_gate)
            {
                return _intervals is { } known && known.From <= from ? known.Rows : null;
            }
        }

        public IReadOnlyList<Blip>? Blips(DateTimeOffset from)
        {
            lock (_gate)
            {
                return _blips is { } known && known.From <= from ? known.Rows : null;
            }
        }

        public void Remember(int generation, DateTimeOffset from, IReadOnlyList<Interval> rows)
        {
            lock (_gate)
            {
                _intervals = generation == _generation && !(_intervals?.From <= from) ? (from, rows) : _intervals;
            }
        }

        public void Remember(int generation, DateTimeOffset from, IReadOnlyList<Blip> rows)
        {
            lock (_gate)
            {
                _blips = generation == _generation && !(_blips?.From <= from) ? (from, rows) : _blips;
            }
        }

        public void Add(TimelineChange change)
        {
            lock (_gate)
            {
                _generation++;
                _intervals = _intervals is { } known ? (known.From, SpoolOverlay.After([change], known.Rows)) : null;
            }
        }

        public void Add(Blip blip)
        {
            lock (_gate)
            {
                _generation++;
                _blips = _blips is { } known && !known.Rows.Contains(blip) ? (known.From, [.. known.Rows, blip]) : _blips;
            }
        }
    }
}
