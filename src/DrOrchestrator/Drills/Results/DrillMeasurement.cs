using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Drills.Results;

/// <summary>One interruption as the probes saw it, with both error bars (verdict rule 6).</summary>
/// <param name="Restored">False while it lasts: then both restored moments are the moment it was measured, and all that is known is "at least so long".</param>
public readonly record struct Interruption(
    DateTimeOffset Earliest, DateTimeOffset Latest, DateTimeOffset RestoredEarliest, DateTimeOffset RestoredLatest, bool Restored = true);

/// <summary>
/// What a run demonstrated, from the journal's marks, the probes' time line and the markers. Pure: an old run can be measured again and gives the same digits.
/// The clock starts and ends with the probes; nothing that was announced moves it (verdict rule 6).
/// </summary>
public static class DrillMeasurement
{
    /// <summary>
    /// Demonstrated recovery time. The upper bound runs from the START of the last good probe to business verification (or, where the plan has none, to the END of the first
    /// good probe); the lower bound from the END of the first failed probe to verification (or the START of the last failed one).
    /// </summary>
    /// <param name="marks">Moments of the marks in the journal.</param>
    public static RtoMeasurement Rto(Interruption interruption, IReadOnlyDictionary<RtoMark, DateTimeOffset> marks, TimeSpan limit, bool planned)
    {
        DateTimeOffset? verified = marks.TryGetValue(RtoMark.BusinessVerified, out var at) ? Later(at, interruption.RestoredLatest) : null;
        var end = verified ?? interruption.RestoredLatest;
        var upper = end - interruption.Earliest;
        var lower = Later(verified ?? interruption.RestoredEarliest, interruption.Latest) - interruption.Latest;
        return new RtoMeasurement(
            Seconds(upper),
            Seconds(lower),
            Seconds(upper),
            Seconds(interruption.RestoredLatest - interruption.Earliest),
            Seconds(limit),
            interruption.Restored && upper <= limit,
            interruption.Restored,
            Phases(interruption, marks, end),
            planned,
            interruption.Earliest,
            interruption.Latest,
            interruption.RestoredEarliest,
            interruption.RestoredLatest,
            verified);
    }

    /// <summary>The recovery of several systems as one; null where none was interrupted.</summary>
    public static OverallRecovery? Overall(IReadOnlyList<RtoMeasurement> recoveries)
    {
        if (recoveries.Count == 0)
        {
            return null;
        }

        var (first, last) = (recoveries.Min(one => one.InterruptedEarliest), recoveries.Max(End));
        var least = recoveries.Max(one => one.InterruptedLatest.AddSeconds(one.LowerSeconds)) - recoveries.Min(one => one.InterruptedLatest);
        return new OverallRecovery(Seconds(last - first), Seconds(least), recoveries.All(one => one.Restored), recoveries.All(one => one.Met), first, last);

        static DateTimeOffset End(RtoMeasurement one) => one.VerifiedAt ?? one.RestoredLatest;
    }

    /// <summary>
    /// The interruption that users' own writes saw during a planned switch: from the first marker that was refused or in doubt to the first acknowledged after the last such.
    /// A marker whose answer was not on record when this process died says nothing of the system: it only widens the earliest edge.
    /// </summary>
    /// <returns>Null when none was refused or in doubt: no user saw anything.</returns>
    public static Interruption? Seen(IReadOnlyList<Marker> markers)
    {
        var all = markers.ToList();
        var first = all.FindIndex(IsMissed);
        if (first < 0)
        {
            return null;
        }

        var last = all.FindLastIndex(IsMissed);
        var before = first == 0 ? -1 : all.FindLastIndex(first - 1, marker => marker.Fate is MarkerFate.Acknowledged);
        var again = all.FindIndex(last, marker => marker.Fate is MarkerFate.Acknowledged);
        var restored = again < 0 ? all[last] : all[again];
        return new Interruption(
            all[before < 0 ? 0 : before].SentAt,
            all[first].AnsweredAt ?? all[first].SentAt,
            all[last].SentAt,
            restored.AnsweredAt ?? restored.SentAt,
            again >= 0);

        static bool IsMissed(Marker marker) => marker.Fate is MarkerFate.Refused or MarkerFate.InDoubt;
    }

    /// <summary>Counted loss, held together with the worst exposure of the window: the worse of the two decides (blueprint, section 4).</summary>
    /// <remarks>A second in which the exposure was not known, or the system was not protected at all, could have lost anything: the limit is then not shown to be met.</remarks>
    /// <param name="exposure">Over the whole seconds before the interruption; null where there is none (a planned switch right after re-protection): the count alone decides.</param>
    public static RpoMeasurement Rpo(CanaryCount count, ExposureWorst? exposure, TimeSpan limit) => new(
        count.Sent,
        count.Acknowledged,
        count.InDoubt,
        count.Refused,
        count.Lost,
        count.LostSeconds,
        count.InDoubtSurvivors,
        exposure?.WorstSeconds,
        exposure?.NotProtectedSeconds ?? 0,
        exposure?.UnknownSeconds ?? 0,
        Seconds(limit),
        count.LostSeconds <= limit.TotalSeconds
            && (exposure is null || (exposure is { NotProtectedSeconds: 0, UnknownSeconds: 0, WorstSeconds: { } worst } && worst <= limit.TotalSeconds)));

    /// <summary>
    /// What a counted loss says of its limit (verdict rule 3): breached where more was lost, or could have been in seconds without protection; where only some seconds are not known
    /// nobody can say. The same as a run's record is judged by.
    /// </summary>
    /// <returns>True: met; false: breached; null: indeterminate.</returns>
    public static bool? IsMet(RpoMeasurement rpo) =>
        rpo.Met ? true
        : Math.Max(rpo.LostSeconds, rpo.WorstExposureSeconds ?? 0) > rpo.LimitSeconds || rpo.NotProtectedSeconds > 0 ? false
        : null;

    /// <summary>Seconds from mark to mark; marks out of order count as reached with the one before, so that the phases sum to the whole.</summary>
    private static Dictionary<string, double> Phases(Interruption interruption, IReadOnlyDictionary<RtoMark, DateTimeOffset> marks, DateTimeOffset end)
    {
        var phases = new Dictionary<string, double>(StringComparer.Ordinal);
        var before = interruption.Earliest;
        foreach (var mark in Enum.GetValues<RtoMark>())
        {
            DateTimeOffset? reached = mark switch
            {
                RtoMark.TechnicallyConfirmed => interruption.RestoredLatest,
                RtoMark.BusinessVerified => marks.ContainsKey(mark) ? end : null,
                _ => marks.TryGetValue(mark, out var at) ? at : null,
            };
            if (reached is { } moment)
            {
                var clamped = moment < before ? before : moment > end ? end : moment;
                phases[JournalJson.Word(mark)] = Seconds(clamped - before);
                before = clamped;
            }
        }

        return phases;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
