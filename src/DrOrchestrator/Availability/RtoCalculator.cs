namespace DrOrchestrator.Availability;

/// <summary>One interruption as the probes saw it.</summary>
/// <param name="Interrupted">From the start of the last good result to the end of the first failed one.</param>
/// <param name="Restored">From the start of the last failed result to the end of the first good one; null while it lasts.</param>
public sealed record Outage(Edge Interrupted, Edge? Restored)
{
    /// <summary>Upper bound of the recovery time (verdict rule 6); null while it lasts.</summary>
    public TimeSpan? Upper => Restored?.Latest - Interrupted.Earliest;

    /// <summary>Lower bound; never negative.</summary>
    public TimeSpan? Lower => Restored is { } restored ? restored.Earliest > Interrupted.Latest ? restored.Earliest - Interrupted.Latest : TimeSpan.Zero : null;
}

/// <summary>
/// Reads interruptions off a timeline; pure. An interruption ends only when the service was seen up again: unknown or maintenance in between belongs to it, because
/// nobody saw the service restored there. Its edges need no widening for unknown rows: the detector reaches back to the last good (or failed) result before them.
/// </summary>
public static class RtoCalculator
{
    /// <summary>When the interruption began that goes on at the end of a time line; null where the service was last seen up. Unknown and planned time in it belong to it, as above.</summary>
    public static Edge? GoingOn(IReadOnlyList<Interval> intervals)
    {
        Edge? began = null;
        foreach (var interval in intervals)
        {
            began = interval.State switch
            {
                IntervalState.Up or IntervalState.Degraded => null,
                IntervalState.Down => began ?? interval.Start,
                _ => began,
            };
        }

        return began;
    }

    /// <summary>Interruptions that overlap [from, to), oldest first. One whose beginning nobody saw is taken to reach back to <paramref name="from"/>.</summary>
    public static IReadOnlyList<Outage> Outages(IReadOnlyList<Interval> intervals, DateTimeOffset from, DateTimeOffset to)
    {
        var outages = new List<Outage>();
        Edge? interrupted = null;
        var seenUp = false;
        foreach (var interval in intervals)
        {
            if (interval.State is IntervalState.Up or IntervalState.Degraded)
            {
                Close(interval.Start);
                seenUp = true;
            }
            else if (interval.State == IntervalState.Down && interrupted is null)
            {
                var earliest = seenUp || interval.Start.Earliest < from ? interval.Start.Earliest : from;
                interrupted = interval.Start with { Earliest = earliest };
            }
        }

        Close(null);
        return [.. outages.Where(o => o.Interrupted.Earliest < to && (o.Restored is not { } restored || restored.Latest > from))];

        void Close(Edge? restored)
        {
            if (interrupted is { } began)
            {
                outages.Add(new Outage(began, restored));
                interrupted = null;
            }
        }
    }
}
