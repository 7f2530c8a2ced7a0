using System.Buffers;

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

    public SpanSet Union(SpanSet other) => _edges.Length == 0 || ReferenceEquals(other, Always) ? other : other._edges.Length == 0 ? this : Combine(other, InEither);

    public SpanSet Intersect(SpanSet other) => ReferenceEquals(other, Always) ? this : _edges.Length == 0 || other._edges.Length == 0 ? Empty : Combine(other, InBoth);

    public SpanSet Except(SpanSet other) => _edges.Length == 0 || other._edges.Length == 0 ? this : Combine(other, InLeftAlone);

    public SpanSet Clip(DateTimeOffset from, DateTimeOffset to) => Intersect(Of([(from, to)]));

    /// <summary>How much of [from, to) belongs to the set.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset to) => to > from ? new TimeSpan(UpTo(to.UtcTicks) - UpTo(from.UtcTicks)) : TimeSpan.Zero;

    /// <summary>How much both sets have in common.</summary>
    public TimeSpan Common(SpanSet other)
    {
        var (longer, shorter) = _edges.Length >= other._edges.Length ? (this, other) : (other, this);
        var (edges, before, at, sum) = (longer._edges, longer.Before, 0, 0L);
        for (var j = 0; j < shorter._edges.Length; j++)
        {
            // Ticks of the longer set up to each edge of the shorter one: those up to an end less those up to its beginning.
            at = FirstNotBefore(edges, at, shorter._edges[j]);
            var upTo = (at & 1) == 1 ? before[at / 2] + (shorter._edges[j] - edges[at - 1]) : at == 0 ? 0 : before[(at / 2) - 1] + (edges[at - 1] - edges[at - 2]);
            sum += (j & 1) == 1 ? upTo : -upTo;
        }

        return new TimeSpan(sum);
    }

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
        var before = GC.AllocateUninitializedArray<long>(edges.Length / 2);
        var sum = 0L;
        for (var i = 0; i < before.Length; i++)
        {
            before[i] = sum;
            sum += edges[(2 * i) + 1] - edges[2 * i];
        }

        return before;
    }

    /// <summary>A copy that is not cleared first: the sets of ten years are large.</summary>
    private static long[] FirstOf(long[] edges, int count)
    {
        var copy = GC.AllocateUninitializedArray<long>(count);
        edges.AsSpan(0, count).CopyTo(copy);
        return copy;
    }

    /// <summary>Walks along the shorter set; what lies of the longer one between two of its edges is taken, or left, as a block.</summary>
    private SpanSet Combine(SpanSet other, int table)
    {
        // The longer set is walked in blocks: turn the table when it stands on the right.
        var (longer, shorter) = (_edges, other._edges);
        if (longer.Length < shorter.Length)
        {
            (longer, shorter) = (shorter, longer);
            table = (table & 0b1001) | ((table & 0b0010) << 1) | ((table & 0b0100) >> 1);
        }

        var result = ArrayPool<long>.Shared.Rent(longer.Length + shorter.Length);
        var (i, count, inside) = (0, 0, 0);
        for (var j = 0; j <= shorter.Length; j++)
        {
            // Up to the next edge of the shorter set only the longer one changes.
            var inShorter = (j & 1) << 1;
            var (alone, both) = ((table >> inShorter) & 1, (table >> (inShorter | 1)) & 1);
            var until = j < shorter.Length ? FirstNotBefore(longer, i, shorter[j]) : longer.Length;
            if (alone != both)
            {
                // Every edge of the block flips the result.
                Array.Copy(longer, i, result, count, until - i);
                count += until - i;
                inside = (until & 1) == 1 ? both : alone;
            }

            i = until;
            if (j == shorter.Length)
            {
                break;
            }

            var at = shorter[j];
            i += i < longer.Length && longer[i] == at ? 1 : 0;
            var now = (table >> ((i & 1) | (((j + 1) & 1) << 1))) & 1;
            if (now != inside)
            {
                result[count++] = at;
                inside = now;
            }
        }

        var set = count == 0 ? Empty : new SpanSet(FirstOf(result, count));
        ArrayPool<long>.Shared.Return(result);
        return set;
    }

    /// <summary>Index of the first edge at or after a moment, looked for in strides that double, since it is mostly near.</summary>
    private static int FirstNotBefore(long[] edges, int from, long ticks)
    {
        var stride = 1;
        while (from + stride < edges.Length && edges[from + stride - 1] < ticks)
        {
            from += stride;
            stride *= 2;
        }

        var (low, high) = (from, Math.Min(edges.Length, from + stride));
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = edges[middle] < ticks ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Collects spans; cheapest where they come sorted, as rows of a ledger do.</summary>
    public sealed class Collector(int capacity)
    {
        private long[] _edges = GC.AllocateUninitializedArray<long>(Math.Max(2, 2 * capacity));
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
                var larger = GC.AllocateUninitializedArray<long>(2 * _count);
                _edges.CopyTo(larger, 0);
                _edges = larger;
            }

            _edges[_count++] = from;
            _edges[_count++] = to;
        }

        public SpanSet ToSet()
        {
            var sorted = _count == 0 ? Empty : new SpanSet(_count == _edges.Length ? _edges : FirstOf(_edges, _count));
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
