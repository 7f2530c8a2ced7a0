namespace DrOrchestrator.Availability;

/// <summary>
/// A set of moments: half-open spans, sorted, disjoint and not adjacent, held as one ascending array of edges (in, out, in, out). Immutable. Every operation is one
/// walk over both arrays; a sum over a window is two binary searches, so that one set answers for any number of windows.
/// </summary>
internal sealed class SpanSet
{
    // Which of the four places (outside both, only left, only right, both) belong to the result: bit 1 left alone, bit 2 right alone, bit 3 both.
    private const int InEither = 0b1110;
    private const int InBoth = 0b1000;
    private const int InLeftAlone = 0b0010;

    private readonly long[] _edges;
    private long[]? _before;

    private SpanSet(long[] edges) => _edges = edges;

    public static SpanSet Empty { get; } = new([]);

    /// <summary>All time.</summary>
    public static SpanSet Always { get; } = new([DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks]);

    public TimeSpan Total => new(Before.Length == 0 ? 0 : Before[^1] + (_edges[^1] - _edges[^2]));

    public int Count => _edges.Length / 2;

    /// <summary>Oldest first.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Spans
    {
        get
        {
            for (var i = 0; i < _edges.Length; i += 2)
            {
                yield return (new DateTimeOffset(_edges[i], TimeSpan.Zero), new DateTimeOffset(_edges[i + 1], TimeSpan.Zero));
            }
        }
    }

    /// <summary>Ticks of all spans before each one.</summary>
    private long[] Before => _before ??= SumUp(_edges);

    /// <summary>The union of spans in any order; empty and reversed ones are nothing.</summary>
    public static SpanSet Of(IEnumerable<(DateTimeOffset From, DateTimeOffset To)> spans)
    {
        var collected = new Collector(spans.TryGetNonEnumeratedCount(out var count) ? count : 16);
        foreach (var (from, to) in spans)
        {
            collected.Add(from.UtcTicks, to.UtcTicks);
        }

        return collected.ToSet();
    }

    public SpanSet Union(SpanSet other) => _edges.Length == 0 ? other : other._edges.Length == 0 ? this : Combine(other, InEither);

    public SpanSet Intersect(SpanSet other) => _edges.Length == 0 || other._edges.Length == 0 ? Empty : Combine(other, InBoth);

    public SpanSet Except(SpanSet other) => _edges.Length == 0 || other._edges.Length == 0 ? this : Combine(other, InLeftAlone);

    public SpanSet Clip(DateTimeOffset from, DateTimeOffset to) => Intersect(Of([(from, to)]));

    /// <summary>How much of [from, to) belongs to the set.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset to) => to > from ? new TimeSpan(UpTo(to.UtcTicks) - UpTo(from.UtcTicks)) : TimeSpan.Zero;

    public bool Contains(DateTimeOffset moment) => (FirstEdgeAfter(moment.UtcTicks) & 1) == 1;

    /// <summary>Ticks that belong to the set before a moment.</summary>
    private long UpTo(long ticks)
    {
        var edge = FirstEdgeAfter(ticks);
        return (edge & 1) == 1 ? Before[edge / 2] + (ticks - _edges[edge - 1]) : edge == 0 ? 0 : Before[(edge / 2) - 1] + (_edges[edge - 1] - _edges[edge - 2]);
    }

    /// <summary>Index of the first edge later than the moment: odd inside a span, even outside.</summary>
    private int FirstEdgeAfter(long ticks)
    {
        var found = Array.BinarySearch(_edges, ticks);
        return found >= 0 ? found + 1 : ~found;
    }

    private static long[] SumUp(long[] edges)
    {
        var before = new long[edges.Length / 2];
        for (var i = 1; i < before.Length; i++)
        {
            before[i] = before[i - 1] + (edges[(2 * i) - 1] - edges[(2 * i) - 2]);
        }

        return before;
    }

    private SpanSet Combine(SpanSet other, int table)
    {
        var (left, right) = (_edges, other._edges);
        var result = new long[left.Length + right.Length];
        var (i, j, count, inside) = (0, 0, 0, 0);
        while (i < left.Length || j < right.Length)
        {
            var at = j >= right.Length || (i < left.Length && left[i] <= right[j]) ? left[i] : right[j];
            if (i < left.Length && left[i] == at)
            {
                i++;
            }

            if (j < right.Length && right[j] == at)
            {
                j++;
            }

            // An odd number of edges behind us means that we are inside.
            var now = (table >> ((i & 1) | ((j & 1) << 1))) & 1;
            if (now != inside)
            {
                result[count++] = at;
                inside = now;
            }
        }

        return count == 0 ? Empty : new SpanSet(result[..count]);
    }

    /// <summary>Collects spans; cheapest where they come sorted, as rows of a ledger do.</summary>
    public sealed class Collector(int capacity)
    {
        private long[] _edges = new long[Math.Max(2, 2 * capacity)];
        private int _count;
        private List<(long From, long To)>? _unsorted;

        public void Add(long from, long to)
        {
            if (to <= from)
            {
                return;
            }

            if (_unsorted is not null || (_count > 0 && from < _edges[_count - 2]))
            {
                (_unsorted ??= []).Add((from, to));
                return;
            }

            if (_count > 0 && from <= _edges[_count - 1])
            {
                _edges[_count - 1] = Math.Max(_edges[_count - 1], to);
                return;
            }

            if (_count == _edges.Length)
            {
                Array.Resize(ref _edges, 2 * _count);
            }

            _edges[_count++] = from;
            _edges[_count++] = to;
        }

        public SpanSet ToSet()
        {
            var sorted = _count == 0 ? Empty : new SpanSet(_edges[.._count]);
            if (_unsorted is null)
            {
                return sorted;
            }

            var rest = new Collector(_unsorted.Count);
            foreach (var (from, to) in _unsorted.OrderBy(span => span.From))
            {
                rest.Add(from, to);
            }

            return sorted.Union(rest.ToSet());
        }
    }
}
