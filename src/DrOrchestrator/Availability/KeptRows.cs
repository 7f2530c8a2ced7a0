using System.Collections;
using System.Runtime.InteropServices;

namespace DrOrchestrator.Availability;

/// <summary>
/// The rows of one subject as they are kept between readings, with the closed ones sorted already: those never change, so that a reading costs the sets of ten years and
/// not a walk over their rows. Immutable.
/// </summary>
internal sealed class KeptRows : IReadOnlyList<Interval>
{
    private readonly Interval[] _rows;

    private KeptRows(Interval[] rows, RowSpans closed) => (_rows, Closed) = (rows, closed);

    public static KeptRows None { get; } = new([], RowSpans.None);

    /// <summary>All closed rows.</summary>
    public RowSpans Closed { get; }

    /// <summary>The rows that may still change: one, or none.</summary>
    public ReadOnlySpan<Interval> Open => _rows is [.., { End: null }] ? _rows.AsSpan(_rows.Length - 1) : [];

    public int Count => _rows.Length;

    public Interval this[int index] => _rows[index];

    /// <summary>With what was read from the newest row on; that one is read again, since it may be closed by now.</summary>
    public KeptRows With(IEnumerable<Interval> newer)
    {
        List<Interval> added = [.. newer];
        if (added.Count == 0)
        {
            return this;
        }

        var from = added[0].Start.At;
        var kept = _rows.Length;
        while (kept > 0 && _rows[kept - 1].Start.At >= from)
        {
            kept--;
        }

        var closed = CollectionsMarshal.AsSpan(added)[..(added[^1].End is null ? added.Count - 1 : added.Count)];
        return new KeptRows([.. _rows.AsSpan(0, kept), .. added], Closed.Union(RowSpans.Of(closed, null)));
    }

    public IEnumerator<Interval> GetEnumerator() => ((IEnumerable<Interval>)_rows).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
