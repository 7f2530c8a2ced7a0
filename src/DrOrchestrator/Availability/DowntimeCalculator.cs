namespace DrOrchestrator.Availability;

/// <summary>How long a service was in which state over a window. Nothing here is rounded; any figure can be recomputed from its intervals.</summary>
/// <param name="Down">Nominal: back-dated edges.</param>
/// <param name="DownLower">Surely down.</param>
/// <param name="DownUpper">Not surely up: error bars, unconfirmed failures and everything unknown counted as down.</param>
/// <param name="Unknown">Nobody looked.</param>
public sealed record Downtime(
    DateTimeOffset From,
    DateTimeOffset To,
    TimeSpan Down,
    TimeSpan DownLower,
    TimeSpan DownUpper,
    TimeSpan Unknown,
    TimeSpan Degraded,
    TimeSpan Maintenance)
{
    /// <summary>Length of the window.</summary>
    public TimeSpan Window => To - From;

    /// <summary>How much of it was observed.</summary>
    public TimeSpan Observed => Window - Unknown;
}

/// <summary>
/// Adds up a service that is down when any of its subjects is (verdict rule 5). Pure. Surely down is the union of what is surely down, surely up the intersection of
/// what is surely up; so the bounds hold for the service whenever they hold for each subject, however their error bars overlap.
/// </summary>
public static class DowntimeCalculator
{
    /// <summary>Adds up [from, to). Without subjects everything is unknown.</summary>
    public static Downtime Calculate(IReadOnlyList<SubjectTimeline> critical, DateTimeOffset from, DateTimeOffset to)
    {
        var window = SpanSet.Of([(from, to)]);
        SpanSet Any(Func<SubjectTimeline, SpanSet> part) =>
            critical.Aggregate(SpanSet.Empty, (sum, subject) => sum.Union(part(subject).Clip(from, to)));

        var maintenance = Any(s => Nominal(s, to, IntervalState.Maintenance));
        var down = Any(s => Nominal(s, to, IntervalState.Down)).Except(maintenance);
        var unknown = (critical.Count == 0 ? window : Any(s => window.Except(Known(s, to)))).Except(down).Except(maintenance);
        var degraded = Any(s => Nominal(s, to, IntervalState.Degraded)).Except(down).Except(unknown).Except(maintenance);
        var surelyDown = Any(SurelyDown).Except(maintenance);
        var notSurelyUp = (critical.Count == 0 ? window : Any(s => window.Except(SurelyUp(s)))).Except(maintenance);
        return new Downtime(from, to, down.Total, surelyDown.Total, notSurelyUp.Total, unknown.Total, degraded.Total, maintenance.Total);
    }

    private static SpanSet Nominal(SubjectTimeline subject, DateTimeOffset to, IntervalState state) =>
        SpanSet.Of(subject.Intervals.Where(i => i.State == state).Select(i => (i.Start.At, i.End?.At ?? to)));

    private static SpanSet Known(SubjectTimeline subject, DateTimeOffset to) =>
        SpanSet.Of(subject.Intervals.Where(i => i.State != IntervalState.Unknown).Select(i => (i.Start.At, i.End?.At ?? to)));

    private static SpanSet SurelyDown(SubjectTimeline subject) => Surely(subject, i => i == IntervalState.Down, subject.Observed?.LastFailedStartedAt, IntervalState.Down);

    private static SpanSet SurelyUp(SubjectTimeline subject) =>
        Surely(subject, i => i is IntervalState.Up or IntervalState.Degraded, subject.Observed?.LastGoodStartedAt, IntervalState.Up);

    /// <summary>From the latest moment it can have begun to the earliest it can have ended; an open row only as far as the newest result that agrees.</summary>
    private static SpanSet Surely(SubjectTimeline subject, Func<IntervalState, bool> isState, DateTimeOffset? lastAgreed, IntervalState within) =>
        SpanSet.Of(subject.Intervals.Where(i => isState(i.State)).Select(i => (i.Start.Latest, i.End?.Earliest ?? lastAgreed ?? i.Start.Latest)))
            .Except(SpanSet.Of(subject.Blips.Where(b => b.Within == within).Select(b => (b.From, b.To))));
}
