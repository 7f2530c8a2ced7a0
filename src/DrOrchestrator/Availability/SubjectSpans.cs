namespace DrOrchestrator.Availability;

/// <summary>The rows of one subject sorted into sets, in one walk. The open row reaches into the future; windows end before.</summary>
/// <param name="Known">Everything but <c>unknown</c>, and but moments given twice.</param>
/// <param name="SurelyDown">From the latest moment it can have begun to the earliest it can have ended; an open row only as far as the newest result that agrees.</param>
/// <param name="SurelyUp">As <paramref name="SurelyDown"/>; unconfirmed failures are not in it.</param>
internal sealed record SubjectSpans(
    SubjectPart Part, SpanSet Down, SpanSet Known, SpanSet Degraded, SpanSet Maintenance, SpanSet SurelyDown, SpanSet SurelyUp)
{
    /// <summary>When it had a say. Outside of it nothing it saw is in a set, and <see cref="Known"/> and <see cref="SurelyUp"/> hold, so that the others decide.</summary>
    public SpanSet Deciding { get; private init; } = SpanSet.Always;

    private static readonly long Forever = DateTimeOffset.MaxValue.UtcTicks;

    public static SubjectSpans Of(SubjectTimeline subject)
    {
        var rows = subject.Intervals.Count;
        var (down, known, degraded, maintenance) = (new SpanSet.Collector(rows / 2), new SpanSet.Collector(1), new SpanSet.Collector(1), new SpanSet.Collector(1));
        var (surelyDown, surelyUp) = (new SpanSet.Collector(rows / 2), new SpanSet.Collector((rows / 2) + 1));
        for (var i = 0; i < rows; i++)
        {
            var row = subject.Intervals[i];
            var (from, to) = (row.Start.At.UtcTicks, row.End?.At.UtcTicks ?? Forever);
            if (row.State != IntervalState.Unknown)
            {
                known.Add(from, to);
            }

            switch (row.State)
            {
                case IntervalState.Down:
                    down.Add(from, to);
                    surelyDown.Add(row.Start.Latest.UtcTicks, SurelyUntil(row, subject.Observed?.LastFailedStartedAt));
                    break;
                case IntervalState.Degraded:
                    degraded.Add(from, to);
                    surelyUp.Add(ServedSince(subject.Intervals, i), ServedUntil(subject, i));
                    break;
                case IntervalState.Up:
                    surelyUp.Add(ServedSince(subject.Intervals, i), ServedUntil(subject, i));
                    break;
                case IntervalState.Maintenance:
                    maintenance.Add(from, to);
                    break;
            }
        }

        var givenTwice = Contradicted(subject, IntervalState.Unknown);
        var all = new SubjectSpans(
            subject.Part,
            down.ToSet(),
            known.ToSet().Except(givenTwice),
            degraded.ToSet(),
            maintenance.ToSet(),
            surelyDown.ToSet().Except(Contradicted(subject, IntervalState.Down)).Except(givenTwice),
            surelyUp.ToSet().Except(Contradicted(subject, IntervalState.Up)).Except(givenTwice));
        return subject.Deciding is null ? all : all.During(SpanSet.Of(subject.Deciding));
    }

    private SubjectSpans During(SpanSet deciding)
    {
        var silent = SpanSet.Always.Except(deciding);
        return new SubjectSpans(
            Part,
            Down.Intersect(deciding),
            Known.Union(silent),
            Degraded.Intersect(deciding),
            Maintenance.Intersect(deciding),
            SurelyDown.Intersect(deciding),
            SurelyUp.Union(silent))
        {
            Deciding = deciding,
        };
    }

    /// <summary>Between up and degraded the service is served on both sides, so that the error bar there is none of an interruption.</summary>
    private static long ServedSince(IReadOnlyList<Interval> rows, int i) => (i > 0 && IsServed(rows[i - 1]) ? rows[i].Start.At : rows[i].Start.Latest).UtcTicks;

    private static long ServedUntil(SubjectTimeline subject, int i) =>
        i + 1 < subject.Intervals.Count && IsServed(subject.Intervals[i + 1]) && subject.Intervals[i].End is { } end
            ? end.At.UtcTicks
            : SurelyUntil(subject.Intervals[i], subject.Observed?.LastGoodStartedAt);

    private static bool IsServed(Interval row) => row.State is IntervalState.Up or IntervalState.Degraded;

    private static long SurelyUntil(Interval row, DateTimeOffset? lastAgreed) => (row.End?.Earliest ?? lastAgreed ?? row.Start.Latest).UtcTicks;

    private static SpanSet Contradicted(SubjectTimeline subject, IntervalState within) =>
        SpanSet.Of(subject.Blips.Where(blip => blip.Within == within).Select(blip => (blip.From, blip.To)));
}
