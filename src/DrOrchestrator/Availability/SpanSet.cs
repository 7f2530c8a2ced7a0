namespace DrOrchestrator.Availability;

/// <summary>A set of moments: half-open spans, sorted and disjoint. Immutable.</summary>
internal sealed class SpanSet
{
    private readonly IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> _spans;

    private SpanSet(IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> spans) => _spans = spans;

    public static SpanSet Empty { get; } = new([]);

    public TimeSpan Total => _spans.Aggregate(TimeSpan.Zero, (sum, span) => sum + (span.To - span.From));

    /// <summary>The union of spans in any order; empty and reversed ones are nothing.</summary>
    public static SpanSet Of(IEnumerable<(DateTimeOffset From, DateTimeOffset To)> spans)
    {
        var merged = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var span in spans.Where(s => s.To > s.From).OrderBy(s => s.From))
        {
            if (merged.Count > 0 && span.From <= merged[^1].To)
            {
                merged[^1] = (merged[^1].From, span.To > merged[^1].To ? span.To : merged[^1].To);
            }
            else
            {
                merged.Add(span);
            }
        }

        return new SpanSet(merged);
    }

    public SpanSet Union(SpanSet other) => Of(_spans.Concat(other._spans));

    public SpanSet Clip(DateTimeOffset from, DateTimeOffset to) =>
        Of(_spans.Select(s => (s.From > from ? s.From : from, s.To < to ? s.To : to)));

    public SpanSet Except(SpanSet other)
    {
        var left = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var span in _spans)
        {
            var from = span.From;
            foreach (var hole in other._spans.Where(h => h.To > span.From && h.From < span.To))
            {
                left.Add((from, hole.From));
                from = hole.To > from ? hole.To : from;
            }

            left.Add((from, span.To));
        }

        return Of(left);
    }
}
