using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// What the database told of a subject, from some moment on, continued by what was written since: intervals and contradictions of the widest window asked for. Safe for
/// concurrent use.
/// </summary>
internal sealed class ToldTimeline
{
    private readonly Lock _gate = new();
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
            return _intervals is { } told && told.From <= from ? told.Rows : null;
        }
    }

    public IReadOnlyList<Blip>? Blips(DateTimeOffset from)
    {
        lock (_gate)
        {
            return _blips is { } told && told.From <= from ? told.Rows : null;
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
            _intervals = _intervals is { } told ? (told.From, SpoolOverlay.After([change], told.Rows)) : null;
        }
    }

    public void Add(Blip blip)
    {
        lock (_gate)
        {
            _generation++;
            _blips = _blips is { } told && !told.Rows.Contains(blip) ? (told.From, [.. told.Rows, blip]) : _blips;
        }
    }
}

/// <summary>The same of the open rows: what the database told of all of them, continued by what was written since. Safe for concurrent use.</summary>
internal sealed class ToldTails
{
    private readonly Lock _gate = new();
    private Dictionary<string, TimelineTail>? _tails;
    private int _generation;

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

    /// <summary>Whether the database has ever told.</summary>
    public bool HasTold
    {
        get
        {
            lock (_gate)
            {
                return _tails is not null;
            }
        }
    }

    /// <summary>Null before the first answer.</summary>
    public IReadOnlyDictionary<string, TimelineTail>? Told
    {
        get
        {
            lock (_gate)
            {
                return _tails is null ? null : new Dictionary<string, TimelineTail>(_tails, StringComparer.Ordinal);
            }
        }
    }

    public void Remember(int generation, IReadOnlyDictionary<string, TimelineTail> tails)
    {
        lock (_gate)
        {
            // Those of an answer that a write went past are older than what is remembered; without anything remembered the next answer is.
            _tails = generation == _generation ? new Dictionary<string, TimelineTail>(tails, StringComparer.Ordinal) : _tails;
        }
    }

    public void Add(TimelineBatch batch)
    {
        lock (_gate)
        {
            _generation++;
            if (_tails is null)
            {
                return;
            }

            foreach (var change in batch.Changes)
            {
                var observed = _tails.GetValueOrDefault(change.Subject)?.Observed ?? new ObservedUntil(change.Subject, change.At.Latest, null, null);
                _tails[change.Subject] = new TimelineTail(new Interval(change.Subject, change.State, change.At, null, change.Reason), observed);
            }

            foreach (var observed in batch.Observed.Where(observed => _tails.ContainsKey(observed.Subject)))
            {
                _tails[observed.Subject] = _tails[observed.Subject] with { Observed = observed };
            }
        }
    }
}
