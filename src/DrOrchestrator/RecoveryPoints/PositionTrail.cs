namespace DrOrchestrator.RecoveryPoints;

/// <summary>
/// When the primary's log had grown to which position: time -> position, on one epoch. Positions that stand still take one entry. When it is full, pairs of old
/// entries become one that claims the earlier time for the later position: an exposure read from it is too large, never too small.
/// </summary>
internal sealed class PositionTrail(int capacity = 4096)
{
    private readonly List<Entry> _entries = [];

    public long Epoch { get; private set; }

    public bool IsEmpty => _entries.Count == 0;

    public Entry First => _entries[0];

    public Entry Last => _entries[^1];

    public int Count => _entries.Count;

    /// <summary>Takes a reading of the primary. Another epoch, or a log that became shorter, begins a new trail: positions before and after do not compare.</summary>
    public void Add(long epoch, long position, DateTimeOffset at)
    {
        if (!IsEmpty && (epoch != Epoch || position < Last.Position))
        {
            _entries.Clear();
        }

        Epoch = epoch;
        if (!IsEmpty && position == Last.Position)
        {
            _entries[^1] = Last with { LastAt = at };
            return;
        }

        _entries.Add(new Entry(position, at, at));
        if (_entries.Count > capacity)
        {
            Thin();
        }
    }

    /// <summary>Forgets everything: positions of another database do not compare.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>The oldest entry that <paramref name="received"/> has not reached, or null when it has reached all.</summary>
    public Entry? OldestUnreached(long received)
    {
        var index = IndexOfUnreached(received);
        return index < _entries.Count ? _entries[index] : null;
    }

    /// <summary>The newest moment at which everything written was reached; null when that is before the trail begins.</summary>
    public DateTimeOffset? NewestReachedAt(long received)
    {
        var index = IndexOfUnreached(received);
        return index > 0 ? _entries[index - 1].LastAt : null;
    }

    private int IndexOfUnreached(long received)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _entries[middle].Position > received ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Thin()
    {
        var half = _entries.Count / 2;
        var thinned = new List<Entry>(capacity);
        for (var i = 0; i + 1 < half; i += 2)
        {
            thinned.Add(new Entry(_entries[i + 1].Position, _entries[i].FirstAt, _entries[i].FirstAt));
        }

        thinned.AddRange(_entries.Skip(half - (half % 2)));
        _entries.Clear();
        _entries.AddRange(thinned);
    }

    /// <param name="FirstAt">First reading that saw the position.</param>
    /// <param name="LastAt">Last reading that saw it.</param>
    public readonly record struct Entry(long Position, DateTimeOffset FirstAt, DateTimeOffset LastAt);
}
