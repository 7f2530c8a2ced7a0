using DrOrchestrator.Time;

namespace DrOrchestrator.Availability;

/// <summary>
/// The rows of all subjects, kept between readings. Rows are only ever added behind the open one, so what was read stays true: a refresh asks which open rows there
/// are, and reads on only where one is new. Contradictions that reach the disk late (from a spool) are found as long as they ended within <see cref="LatestBlip"/>.
/// </summary>
internal sealed class LedgerReader(ITimelineStore store, LiveSubjects live, ProcessClock clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LatestBlip = TimeSpan.FromDays(2);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, TimelineTail> _tails = new Dictionary<string, TimelineTail>();
    private ILookup<string, Blip> _newBlips = Array.Empty<Blip>().ToLookup(blip => blip.Subject);
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
                read.Add(await ReadAsync(name, at, cancellationToken).ConfigureAwait(false) with { Part = part, Deciding = deciding });
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

        try
        {
            _tails = await store.ReadTailsAsync(cancellationToken).ConfigureAwait(false);
            _newBlips = (await store.ReadBlipsAsync(now - LatestBlip, cancellationToken).ConfigureAwait(false)).ToLookup(blip => blip.Subject, StringComparer.Ordinal);
        }
        catch (Exception) when (_refreshedAt is not null && !cancellationToken.IsCancellationRequested)
        {
            // A database that is away: what was read stays true, and what this process has seen since is in memory and in the spool.
        }

        _refreshedAt = now;
        return now;
    }

    private async Task<SubjectTimeline> ReadAsync(string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!_kept.TryGetValue(name, out var kept))
        {
            // Blips first: one that is written in between stands in the refresh too.
            _kept[name] = kept = new Kept();
            kept.Add(await store.ReadBlipsAsync(name, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false));
        }

        if (kept.At == at && kept.Subject is { } same)
        {
            return same;
        }

        kept.Add(_newBlips[name]);
        var tail = _tails.GetValueOrDefault(name);
        var open = live.OpenRow(name) ?? (tail is null ? null : (tail.Open.State, tail.Open.Start));
        if (open is { } newest && (kept.Rows.Count == 0 || kept.Rows[^1].Start != newest.Start || kept.Rows[^1].State != newest.State))
        {
            var from = kept.Rows.Count == 0 ? DateTimeOffset.UnixEpoch : kept.Rows[^1].Start.At;
            var rows = await store.ReadAsync(name, from, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false);
            kept.Rows = [.. kept.Rows.Where(row => row.Start.At < from), .. rows.Where(row => row.Start.At >= from)];
        }

        var (observed, suspected) = live.Read(name, clock.Now);
        kept.At = at;
        return kept.Subject = new SubjectTimeline(name, kept.Rows, suspected is null ? kept.Blips : [.. kept.Blips, suspected], observed ?? tail?.Observed);
    }

    private sealed class Kept
    {
        private readonly HashSet<Blip> _blips = [];

        public IReadOnlyList<Interval> Rows { get; set; } = [];

        public IReadOnlyList<Blip> Blips { get; private set; } = [];

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
