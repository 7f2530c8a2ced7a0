namespace DrOrchestrator.Availability;

/// <summary>
/// The timeline of a system: down when any critical service probe is, else unknown when any is, else maintenance, else degraded, else up (verdict rule 5). Pure, and
/// one walk over the rows of all subjects.
/// </summary>
public static class SystemTimeline
{
    private static readonly IntervalState[] WorstFirst =
        [IntervalState.Down, IntervalState.Unknown, IntervalState.Maintenance, IntervalState.Degraded, IntervalState.Up];

    /// <summary>Merges the intervals of the critical subjects, each oldest first; <paramref name="system"/> becomes the subject.</summary>
    public static IReadOnlyList<Interval> Merge(string system, IReadOnlyList<IReadOnlyList<Interval>> critical)
    {
        var merged = new List<Interval>();
        var walkers = critical.Select(rows => new Walker(rows)).ToList();
        foreach (var moment in critical.SelectMany(rows => rows).Select(row => row.Start.At).Distinct().Order())
        {
            walkers.ForEach(walker => walker.MoveTo(moment));
            var state = WorstFirst.First(s => walkers.Exists(walker => walker.State == s));
            if (merged.Count > 0 && merged[^1].State == state)
            {
                continue;
            }

            var edge = EdgeAt(walkers, moment, into: state, outOf: merged.Count > 0 ? merged[^1].State : null);
            if (merged.Count > 0)
            {
                merged[^1] = merged[^1] with { End = edge };
            }

            var reason = walkers.FirstOrDefault(walker => walker.Row?.State == state)?.Row?.Reason ?? "not every critical function is observed";
            merged.Add(new Interval(system, state, edge, null, reason));
        }

        return merged;
    }

    /// <summary>
    /// The system is interrupted by the first of its functions and restored by the last. Where error bars of several functions overlap, nobody knows which was first
    /// or last: the bounds are then those of the minimum, or of the maximum.
    /// </summary>
    private static Edge EdgeAt(List<Walker> walkers, DateTimeOffset moment, IntervalState into, IntervalState? outOf)
    {
        var edge = walkers.First(walker => walker.Row?.Start.At == moment).Row!.Start;
        if (into == IntervalState.Down)
        {
            var starts = walkers.SelectMany(walker => walker.DownStartsFrom(moment, edge.Latest)).ToList();
            return new Edge(starts.Min(s => s.Earliest), moment, starts.Min(s => s.Latest));
        }

        if (outOf == IntervalState.Down)
        {
            var ends = walkers.SelectMany(walker => walker.DownEndsUpTo(moment, edge.Earliest)).ToList();
            return new Edge(ends.Max(e => e.Earliest), moment, ends.Max(e => e.Latest));
        }

        return edge;
    }

    /// <summary>The place in one subject's rows. Bounds of a subject's edges do not go backwards, so that what overlaps an error bar lies next to it.</summary>
    private sealed class Walker(IReadOnlyList<Interval> rows)
    {
        private int _at = -1;

        /// <summary>The row at the moment; null before the first one.</summary>
        public Interval? Row => _at < 0 ? null : rows[_at];

        public IntervalState State => Row?.State ?? IntervalState.Unknown;

        public void MoveTo(DateTimeOffset moment)
        {
            while (_at + 1 < rows.Count && rows[_at + 1].Start.At <= moment)
            {
                _at++;
            }
        }

        /// <summary>Starts of interruptions at the moment or after it that may have come before <paramref name="latest"/>.</summary>
        public IEnumerable<Edge> DownStartsFrom(DateTimeOffset moment, DateTimeOffset latest)
        {
            for (var i = Math.Max(0, _at); i < rows.Count && rows[i].Start.Earliest <= latest; i++)
            {
                if (rows[i].State == IntervalState.Down && rows[i].Start.At >= moment)
                {
                    yield return rows[i].Start;
                }
            }
        }

        /// <summary>Ends of interruptions up to the moment that may have come after <paramref name="earliest"/>.</summary>
        public IEnumerable<Edge> DownEndsUpTo(DateTimeOffset moment, DateTimeOffset earliest)
        {
            for (var i = _at; i >= 0 && (rows[i].End is not { } end || end.Latest >= earliest); i--)
            {
                if (rows[i] is { State: IntervalState.Down, End: { } ended } && ended.At <= moment)
                {
                    yield return ended;
                }
            }
        }
    }
}
