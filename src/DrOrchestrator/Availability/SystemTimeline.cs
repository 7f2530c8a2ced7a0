using DrOrchestrator.Availability.Planned;

namespace DrOrchestrator.Availability;

/// <summary>
/// The timeline of a system: down when any critical service probe is, else unknown when any is, else maintenance, else degraded, else up (verdict rule 5). Pure, and
/// one walk over the rows of all subjects. <see cref="Of"/> has what the figures have: floors, planned work, outages known from people, and who decided when.
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
    /// What everything figures are computed from shows, up to <paramref name="until"/>: the same states that <see cref="ServiceLedger"/> adds up, with their edges and
    /// why. An edge that no probe saw (a maintenance ends, a probe begins to decide, people say when) has no error bar.
    /// </summary>
    public static IReadOnlyList<Interval> Of(AvailabilityEvidence evidence, DateTimeOffset until)
    {
        List<SubjectTimeline> subjects = [.. evidence.Subjects.Select(During)];
        var walkers = subjects.ConvertAll(subject => new Walker(subject.Intervals));
        List<DateTimeOffset> starts =
        [
            .. subjects.Where(subject => subject.Part != SubjectPart.DegradingFloor).SelectMany(subject => subject.Intervals.Take(1)).Select(row => row.Start.At),
            .. evidence.Outages.Select(outage => outage.From),
        ];
        if (starts.Count == 0)
        {
            return [];
        }

        var merged = new List<Interval>();
        var entries = new LedgerEntries(
            [.. evidence.Approved.Select(entry => new ApprovedWindow(entry.Start, entry.End))], [.. evidence.Outages.Select(outage => new ReportedOutage(outage.From, outage.To))]);
        foreach (var (at, state) in ServiceLedger.Of(evidence.Subjects, entries).StatesFrom(starts.Min()).Where(change => change.At < until))
        {
            walkers.ForEach(walker => walker.MoveTo(at));
            var edge = EdgeAt(walkers, at, Interrupted(state), merged.Count > 0 ? Interrupted(merged[^1].State) : null);
            if (merged.Count > 0)
            {
                merged[^1] = merged[^1] with { End = edge };
            }

            merged.Add(new Interval(evidence.System, state, edge, null, ReasonAt(evidence, subjects, at, state)));
        }

        return merged;
    }

    private static IntervalState Interrupted(IntervalState state) => state == IntervalState.Maintenance ? IntervalState.Down : state;

    private static string ReasonAt(AvailabilityEvidence evidence, List<SubjectTimeline> subjects, DateTimeOffset at, IntervalState state)
    {
        if (state == IntervalState.Maintenance)
        {
            return evidence.Approved.Where(entry => entry.Start <= at && entry.End > at).Select(PlannedReason).FirstOrDefault() ?? "";
        }

        if (subjects.Select(subject => subject.Intervals.LastOrDefault(row => row.Start.At <= at)).FirstOrDefault(row => row?.State == state && !(row.End?.At <= at)) is { } row)
        {
            return row.Reason;
        }

        return state == IntervalState.Down && evidence.Outages.FirstOrDefault(outage => outage.From <= at && outage.To > at) is { } outage ? $"known from people: {outage.Source}"
            : subjects.Exists(subject => subject.Deciding is null || subject.Deciding.Any(span => span.From <= at && span.To > at)) ? "not every critical function is observed"
            : "no service probe of a critical function";
    }

    /// <summary>How planned work names itself.</summary>
    public static string PlannedReason(MaintenanceEntry entry) => $"planned work, change {entry.ChangeNumber}";

    /// <summary>The rows of a subject while it decided.</summary>
    private static SubjectTimeline During(SubjectTimeline subject) => subject.Deciding is not { } deciding ? subject : subject with
    {
        Intervals =
        [
            .. deciding.SelectMany(span => subject.Intervals
                .Where(row => row.Start.At < span.To && !(row.End?.At <= span.From))
                .Select(row => row with
                {
                    Start = row.Start.At < span.From ? new Edge(span.From, span.From, span.From) : row.Start,
                    End = span.To < DateTimeOffset.MaxValue && !(row.End?.At <= span.To) ? new Edge(span.To, span.To, span.To) : row.End,
                })),
        ],
    };

    /// <summary>
    /// The system is interrupted by the first of its functions and restored by the last. Where error bars of several functions overlap, nobody knows which was first
    /// or last: the bounds are then those of the minimum, or of the maximum.
    /// </summary>
    private static Edge EdgeAt(List<Walker> walkers, DateTimeOffset moment, IntervalState into, IntervalState? outOf)
    {
        var edge = walkers.Find(walker => walker.Row?.Start.At == moment)?.Row?.Start ?? new Edge(moment, moment, moment);
        if (into == outOf)
        {
            // Between planned and unplanned: the interruption itself goes on.
            return new Edge(moment, moment, moment);
        }

        if (into == IntervalState.Down && walkers.Exists(walker => walker.Row is { State: IntervalState.Down } row && row.Start.At == moment))
        {
            var starts = walkers.SelectMany(walker => walker.DownStartsFrom(moment, edge.Latest)).ToList();
            return new Edge(starts.Min(s => s.Earliest), moment, starts.Min(s => s.Latest));
        }

        if (outOf == IntervalState.Down && walkers.SelectMany(walker => walker.DownEndsUpTo(moment, edge.Earliest)).ToList() is { Count: > 0 } ends && ends.Exists(end => end.At == moment))
        {
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
