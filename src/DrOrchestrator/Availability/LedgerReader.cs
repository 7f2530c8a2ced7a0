using DrOrchestrator.Time;

namespace DrOrchestrator.Availability;

/// <summary>
/// The rows of all subjects, kept between readings. Rows are only ever added behind the open one, so what was read stays true: a refresh asks which open rows there
/// are, and reads on only where one is new. Memory is read before the disk, so that what it says is then on disk or in memory, never in neither. Contradictions that
/// reach the disk late (from a spool) are found as long as they ended within <see cref="LatestBlip"/> before the last refresh. While the database is away or hangs, the
/// store answers with what it knows.
/// </summary>
internal sealed class LedgerReader(ITimelineStore store, LiveSubjects live, ProcessClock clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LatestBlip = TimeSpan.FromDays(2);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, TimelineTail> _tails = new Dictionary<string, TimelineTail>();
    private Dictionary<string, LiveSubject> _live = new(StringComparer.Ordinal);
    private DateTimeOffset? _refreshedAt;

    /// <summary>Everything known of the subjects, and the moment of the refresh it is from: the same rows come back until the next.</summary>
    public async Task<(DateTimeOffset At, IReadOnlyList<SubjectTimeline> Subjects)> ReadAsync(
        IReadOnlyList<DecidingSubject> subjects, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var at = await RefreshAsync(cancellationToken).ConfigureAwait(false);
            var read = new List<SubjectTimeline>(subjects.Count);
            foreach (var (name, part, deciding) in subjects)
            {
                read.Add(await ReadOrUnknownAsync(name, at, cancellationToken).ConfigureAwait(false) with { Part = part, Deciding = deciding });
            }

            return (at, read);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<DateTimeOffset> RefreshAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        if (_refreshedAt is { } at && now - at < Fresh)
        {
            return at;
        }

        _live = _kept.Keys.ToDictionary(name => name, name => live.Take(name, now), StringComparer.Ordinal);
        var endedAfter = (_refreshedAt ?? now) - LatestBlip;
        _tails = await store.ReadTailsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var blips in (await store.ReadBlipsAsync(endedAfter, cancellationToken).ConfigureAwait(false)).GroupBy(blip => blip.Subject, StringComparer.Ordinal))
        {
            _kept.GetValueOrDefault(blips.Key)?.Add(blips);
        }

        _refreshedAt = now;
        return now;
    }

    /// <summary>Of a subject that was never read, while the database is away, everything is unknown, which is what is known of it; the next reading asks again.</summary>
    private async Task<SubjectTimeline> ReadOrUnknownAsync(string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(name, at, cancellationToken).ConfigureAwait(false);
        }
        catch (RecordsAwayException)
        {
            return _kept.GetValueOrDefault(name)?.Subject ?? new SubjectTimeline(name, [], [], null);
        }
    }

    private async Task<SubjectTimeline> ReadAsync(string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!_kept.TryGetValue(name, out var kept))
        {
            // Memory first: a contradiction that ends in between is then in one of them.
            _live[name] = live.Take(name, clock.Now);
            kept = new Kept();
            kept.Add(await store.ReadBlipsAsync(name, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false));
        }

        if (kept.At == at && kept.Subject is { } same)
        {
            return same;
        }

        var memory = _live[name];
        var tail = _tails.GetValueOrDefault(name);
        var open = memory.Open ?? (tail is null ? null : (tail.Open.State, tail.Open.Start));
        if ((open is { } newest && !kept.EndsWith(newest.State, newest.Start)) || (tail is not null && !kept.EndsWith(tail.Open.State, tail.Open.Start)))
        {
            var from = kept.Rows.Count == 0 ? DateTimeOffset.UnixEpoch : kept.Rows[^1].Start.At;
            List<Interval> rows = [.. (await store.ReadAsync(name, from, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false)).Where(row => row.Start.At >= from)];
            if (kept.Rows.Count > 0 && !(rows is [var again, ..] && kept.EndsWith(again.State, again.Start)))
            {
                // What was read from the spool, and then refused by the database, is in no ledger.
                kept.Rows = KeptRows.None;
                rows = [.. await store.ReadAsync(name, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false)];
            }

            kept.Rows = kept.Rows.With(rows);
        }

        _kept[name] = kept;

        // What memory saw belongs to its own row: of one that never reached the disk (a full spool) nothing may lengthen the row before it.
        var isOnDisk = memory.Open is { } row && kept.Rows.Count > 0 && kept.Rows[^1].Start == row.Start && kept.Rows[^1].State == row.State;
        var observed = isOnDisk ? memory.Observed ?? tail?.Observed : tail?.Observed;
        kept.Add(memory.Over);
        kept.At = at;
        return kept.Subject = new SubjectTimeline(name, kept.Rows, memory.Suspected is { } suspected ? [.. kept.Blips, suspected] : kept.Blips, observed);
    }

    private sealed class Kept
    {
        private readonly HashSet<Blip> _blips = [];

        public KeptRows Rows { get; set; } = KeptRows.None;

        public IReadOnlyList<Blip> Blips { get; private set; } = [];

        /// <summary>Whether the newest row is that one.</summary>
        public bool EndsWith(IntervalState state, Edge start) => Rows.Count > 0 && Rows[^1].Start == start && Rows[^1].State == state;

        public DateTimeOffset? At { get; set; }

        public SubjectTimeline? Subject { get; set; }

        public void Add(IEnumerable<Blip> blips)
        {
            List<Blip> added = [.. blips.Where(_blips.Add)];
            if (added.Count > 0)
            {
                Blips = [.. Blips, .. added];
            }
        }
    }
}
