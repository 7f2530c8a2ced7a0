namespace DrOrchestrator.Availability;

/// <summary>What one subject says, sorted into sets: its rows, less what contradicts them. The open row reaches into the future; windows end before.</summary>
/// <param name="Known">Everything but <c>unknown</c>, and but moments given twice.</param>
/// <param name="SurelyDown">As in <see cref="RowSpans"/>.</param>
/// <param name="SurelyUp">As <paramref name="SurelyDown"/>; unconfirmed failures are not in it.</param>
internal sealed record SubjectSpans(
    SubjectPart Part, SpanSet Down, SpanSet Known, SpanSet Degraded, SpanSet Maintenance, SpanSet SurelyDown, SpanSet SurelyUp)
{
    /// <summary>When it had a say. Outside of it nothing it saw is in a set, and <see cref="Known"/> and <see cref="SurelyUp"/> hold, so that the others decide.</summary>
    public SpanSet Deciding { get; private init; } = SpanSet.Always;

    public static SubjectSpans Of(SubjectTimeline subject)
    {
        var rows = RowSpans.Of(subject);
        var givenTwice = Contradicted(subject, IntervalState.Unknown);
        var all = new SubjectSpans(
            subject.Part,
            rows.Down,
            rows.Known.Except(givenTwice),
            rows.Degraded,
            rows.Maintenance,
            rows.SurelyDown.Except(Contradicted(subject, IntervalState.Down)).Except(givenTwice),
            rows.SurelyUp.Except(Contradicted(subject, IntervalState.Up)).Except(givenTwice));
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

    private static SpanSet Contradicted(SubjectTimeline subject, IntervalState within) =>
        SpanSet.Of(subject.Blips.Where(blip => blip.Within == within).Select(blip => (blip.From, blip.To)));
}
