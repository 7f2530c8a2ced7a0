using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// What waits in the spool, as readers of the database must see it. Take it BEFORE the database is read and add it to what was read: a record on its way is then seen
/// in both, which tells itself, rather than in neither. Safe for concurrent use.
/// </summary>
internal sealed class SpoolOverlay
{
    private readonly object _gate = new();
    private readonly List<SpoolRecord> _waiting = [];
    private readonly Dictionary<string, ObservedUntil> _observed = new(StringComparer.Ordinal);

    public void Add(SpoolRecord record)
    {
        lock (_gate)
        {
            foreach (var observed in record.Timeline?.Observed ?? [])
            {
                _observed[observed.Subject] = observed;
            }

            // Of the observations only the newest counts, so that what waits here stays far below the size of the file.
            _waiting.Add(record.Timeline is { } batch ? record with { Timeline = batch with { Observed = [] } } : record);
        }
    }

    /// <summary>An observation that is held back from the spool for a while.</summary>
    public void Add(ObservedUntil observed)
    {
        lock (_gate)
        {
            _observed[observed.Subject] = observed;
        }
    }

    /// <summary>That many of the oldest are in the database.</summary>
    public void Remove(int records)
    {
        lock (_gate)
        {
            _waiting.RemoveRange(0, records);
            if (_waiting.Count == 0)
            {
                _observed.Clear();
            }
        }
    }

    public IReadOnlyList<TimelineChange> Changes(string subject) => Of(batch => batch.Changes.Where(change => change.Subject == subject));

    public IReadOnlyList<Blip> Blips(string subject, DateTimeOffset from, DateTimeOffset to) =>
        Of(batch => batch.Blips.Where(blip => blip.Subject == subject && blip.From < to && blip.To > from));

    public IReadOnlyList<Blip> Blips(DateTimeOffset endedAfter) => Of(batch => batch.Blips.Where(blip => blip.To > endedAfter));

    public IReadOnlyList<SeenMinute> Minutes(string probe, DateTimeOffset from, DateTimeOffset to) =>
        Of(batch => batch.Minutes.Where(minute => minute.Minute.Probe == probe && minute.Minute.Minute >= from && minute.Minute.Minute < to));

    public IReadOnlyList<ExposureSample> Exposures(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        lock (_gate)
        {
            return [.. _waiting.SelectMany(record => record.Exposures).Where(s => s.System == system && s.Standby == standby && s.Second < to && s.Second.AddSeconds(s.Covers) > from)];
        }
    }

    public IReadOnlyList<SynchronyInterval> Synchrony(string system, string standby)
    {
        lock (_gate)
        {
            return [.. _waiting.SelectMany(record => record.Synchrony).Where(stretch => stretch.System == system && stretch.Standby == standby)];
        }
    }

    /// <summary>What a restart goes on from.</summary>
    public IReadOnlyDictionary<string, TimelineTail> Tails(IReadOnlyDictionary<string, TimelineTail> stored)
    {
        var tails = stored.ToDictionary(StringComparer.Ordinal);
        foreach (var ofSubject in Of(batch => batch.Changes).GroupBy(change => change.Subject, StringComparer.Ordinal))
        {
            var tail = tails.GetValueOrDefault(ofSubject.Key);
            var newest = After([.. ofSubject], tail is null ? [] : [tail.Open])[^1];
            tails[ofSubject.Key] = new TimelineTail(newest, tail?.Observed ?? new ObservedUntil(ofSubject.Key, newest.Start.Latest, null, null));
        }

        lock (_gate)
        {
            foreach (var (subject, observed) in _observed)
            {
                if (tails.TryGetValue(subject, out var tail) && tail.Observed.Until <= observed.Until)
                {
                    tails[subject] = tail with { Observed = observed };
                }
            }
        }

        return tails;
    }

    /// <summary>One subject's rows after some changes, in order; those that are there already change nothing.</summary>
    public static IReadOnlyList<Interval> After(IReadOnlyList<TimelineChange> changes, IReadOnlyList<Interval> stored)
    {
        var rows = stored.ToList();
        var kept = changes.ToList().FindLastIndex(change => rows.Exists(row => row.Start == change.At && row.State == change.State));
        foreach (var change in changes.Skip(kept + 1))
        {
            if (rows.Count > 0 && rows[^1].End is null)
            {
                rows[^1] = rows[^1] with { End = change.At };
            }

            rows.Add(new Interval(change.Subject, change.State, change.At, null, change.Reason));
        }

        return rows;
    }

    private IReadOnlyList<T> Of<T>(Func<TimelineBatch, IEnumerable<T>> part)
    {
        lock (_gate)
        {
            return _waiting.Count == 0 ? [] : [.. _waiting.Select(record => record.Timeline).OfType<TimelineBatch>().SelectMany(part)];
        }
    }
}
