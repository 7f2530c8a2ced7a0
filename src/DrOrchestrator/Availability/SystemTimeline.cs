namespace DrOrchestrator.Availability;

/// <summary>
/// The timeline of a system: down when any critical service probe is, else unknown when any is, else maintenance, else degraded, else up (verdict rule 5). Pure.
/// </summary>
public static class SystemTimeline
{
    private static readonly IntervalState[] WorstFirst =
        [IntervalState.Down, IntervalState.Unknown, IntervalState.Maintenance, IntervalState.Degraded, IntervalState.Up];

    /// <summary>Merges the intervals of the critical subjects, each oldest first; <paramref name="system"/> becomes the subject.</summary>
    public static IReadOnlyList<Interval> Merge(string system, IReadOnlyList<IReadOnlyList<Interval>> critical)
    {
        var all = critical.SelectMany(rows => rows).ToList();
        var merged = new List<Interval>();
        foreach (var moment in all.Select(i => i.Start.At).Distinct().Order())
        {
            var covering = critical.Select(rows => rows.LastOrDefault(i => i.Start.At <= moment)).ToList();
            var state = WorstFirst.First(s => covering.Any(i => (i?.State ?? IntervalState.Unknown) == s));
            if (merged.Count > 0 && merged[^1].State == state)
            {
                continue;
            }

            var edge = EdgeAt(all, moment, into: state, outOf: merged.Count > 0 ? merged[^1].State : null);
            if (merged.Count > 0)
            {
                merged[^1] = merged[^1] with { End = edge };
            }

            var reason = covering.FirstOrDefault(i => i?.State == state)?.Reason ?? "not every critical function is observed";
            merged.Add(new Interval(system, state, edge, null, reason));
        }

        return merged;
    }

    /// <summary>
    /// The system is interrupted by the first of its functions and restored by the last. Where error bars of several functions overlap, nobody knows which was first
    /// or last: the bounds are then those of the minimum, or of the maximum.
    /// </summary>
    private static Edge EdgeAt(List<Interval> all, DateTimeOffset moment, IntervalState into, IntervalState? outOf)
    {
        var edge = all.First(i => i.Start.At == moment).Start;
        var down = all.Where(i => i.State == IntervalState.Down).ToList();
        if (into == IntervalState.Down)
        {
            var starts = down.Select(i => i.Start).Where(s => s.At >= moment && s.Earliest <= edge.Latest).ToList();
            return new Edge(starts.Min(s => s.Earliest), moment, starts.Min(s => s.Latest));
        }

        if (outOf == IntervalState.Down)
        {
            var ends = down.Where(i => i.End is not null).Select(i => i.End!.Value).Where(e => e.At <= moment && e.Latest >= edge.Earliest).ToList();
            return new Edge(ends.Max(e => e.Earliest), moment, ends.Max(e => e.Latest));
        }

        return edge;
    }
}
