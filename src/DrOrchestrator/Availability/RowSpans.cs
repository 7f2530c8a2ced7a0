using System.Runtime.InteropServices;

namespace DrOrchestrator.Availability;

/// <summary>Rows of one subject sorted into sets, in one walk, before anything contradicts them. An open row reaches into the future; windows end before.</summary>
/// <param name="Known">Everything but <c>unknown</c>.</param>
/// <param name="SurelyDown">From the latest moment it can have begun to the earliest it can have ended; an open row only as far as the newest result that agrees.</param>
/// <param name="SurelyUp">As <paramref name="SurelyDown"/>.</param>
internal sealed record RowSpans(SpanSet Down, SpanSet Known, SpanSet Degraded, SpanSet Maintenance, SpanSet SurelyDown, SpanSet SurelyUp)
{
    private const long Never = -1;
    private static readonly long Forever = DateTimeOffset.MaxValue.UtcTicks;

    public static RowSpans None { get; } = new(SpanSet.Empty, SpanSet.Empty, SpanSet.Empty, SpanSet.Empty, SpanSet.Empty, SpanSet.Empty);

    public static RowSpans Of(SubjectTimeline subject) => subject.Intervals switch
    {
        KeptRows kept => kept.Closed.Union(Of(kept.Open, subject.Observed)),
        Interval[] array => Of(array, subject.Observed),
        List<Interval> list => Of(CollectionsMarshal.AsSpan(list), subject.Observed),
        var rows => Of(rows.ToArray(), subject.Observed),
    };

    /// <param name="observed">How far the open row was observed; closed ones say it themselves.</param>
    public static RowSpans Of(ReadOnlySpan<Interval> rows, ObservedUntil? observed)
    {
        if (rows.IsEmpty)
        {
            return None;
        }

        var (down, known, degraded, maintenance) = (new SpanSet.Collector(rows.Length / 2), new SpanSet.Collector(1), new SpanSet.Collector(1), new SpanSet.Collector(1));
        var (surelyDown, surelyUp) = (new SpanSet.Collector(rows.Length / 2), new SpanSet.Collector((rows.Length / 2) + 1));
        var (lastFailed, lastGood) = (observed?.LastFailedStartedAt?.UtcTicks, observed?.LastGoodStartedAt?.UtcTicks);
        foreach (var row in rows)
        {
            var (_, from, latest) = row.Start.Ticks;
            var (until, to, _) = row.End?.Ticks ?? (Never, Forever, Forever);
            if (row.State != IntervalState.Unknown)
            {
                known.Add(from, to);
            }

            switch (row.State)
            {
                case IntervalState.Up:
                    surelyUp.Add(latest, until != Never ? until : lastGood ?? latest);
                    break;
                case IntervalState.Down:
                    down.Add(from, to);
                    surelyDown.Add(latest, until != Never ? until : lastFailed ?? latest);
                    break;
                case IntervalState.Degraded:
                    // Of a probe: vantage points disagree. Whoever sees it down may be right, so that it is not surely up.
                    degraded.Add(from, to);
                    break;
                case IntervalState.Maintenance:
                    maintenance.Add(from, to);
                    break;
            }
        }

        return new RowSpans(down.ToSet(), known.ToSet(), degraded.ToSet(), maintenance.ToSet(), surelyDown.ToSet(), surelyUp.ToSet());
    }

    public RowSpans Union(RowSpans other) => new(
        Down.Union(other.Down),
        Known.Union(other.Known),
        Degraded.Union(other.Degraded),
        Maintenance.Union(other.Maintenance),
        SurelyDown.Union(other.SurelyDown),
        SurelyUp.Union(other.SurelyUp));
}
