namespace DrOrchestrator.Tiers;

/// <summary>
/// Every number and switch that a verdict depends on, as one versioned table: limits, notice, ceilings, what a probe must be able to see, periods. A verdict prints the
/// version it was reached by, so that an old record can be judged by the rules of its day. A change of any value is a new version; old ones stay.
/// </summary>
public sealed record RuleTable
{
    private RuleTable()
    {
    }

    /// <summary>The first version: any passed run in its period demonstrates, and nothing makes it stale.</summary>
    private static RuleTable First { get; } = new()
    {
        Version = "JR/T 0199-2020, verdict rules 1",
        InForceFrom = new DateOnly(2026, 1, 1),
        Annex = TierTable.Current,
        RecordsMustFit = false,
        ChangesMakeStale = false,
    };

    /// <summary>The second: a record counts by its kind, mode, failback and business verification, and significant changes make it stale (rule 10).</summary>
    private static RuleTable Second { get; } = First with
    {
        Version = "JR/T 0199-2020, verdict rules 2",
        InForceFrom = new DateOnly(2026, 11, 27),
        RecordsMustFit = true,
        ChangesMakeStale = true,
    };

    /// <summary>All versions, oldest first.</summary>
    public static IReadOnlyList<RuleTable> All { get; } = [First, Second];

    /// <summary>The newest.</summary>
    public static RuleTable Current => All[^1];

    /// <summary>Printed beside every verdict.</summary>
    public required string Version { get; init; }

    /// <summary>The day it came into force.</summary>
    public required DateOnly InForceFrom { get; init; }

    /// <summary>Tables 1 and 2 of the standard's annex.</summary>
    public required TierTable Annex { get; init; }

    /// <summary>Whether a record must fit by its kind, mode, strength, failback and business verification.</summary>
    public required bool RecordsMustFit { get; init; }

    /// <summary>Rule 10.</summary>
    public required bool ChangesMakeStale { get; init; }

    /// <summary>Rule 4: how long before it starts a planned interruption must be on record.</summary>
    public TimeSpan Notice { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Rule 7: what "about 0" is held against; raised only by an attested decision, which then prints a deviation (偏差).</summary>
    public TimeSpan Tier5Ceiling { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Rule 9: interval x confirmations + timeout may be at most this share of the RTO.</summary>
    public double DetectionShareOfRto { get; init; } = 0.25;

    /// <summary>Rule 9: the interval may be at most this share of the yearly downtime limit.</summary>
    public double IntervalShareOfDowntime { get; init; } = 0.01;

    /// <summary>Rule 9: from this tier on two vantage points are wanted.</summary>
    public int TwoVantagePointsFromTier { get; init; } = 5;

    /// <summary>How long a record speaks for a capability: yearly, with a month of grace.</summary>
    public int RecordMonths { get; init; } = 13;

    /// <summary>Rule 10: an image or manifest change is assessed within so many working days, by the calendar of the institution.</summary>
    public int AssessmentWorkingDays { get; init; } = 10;

    /// <summary>Rule 3: the window that drives "at risk".</summary>
    public TimeSpan RollingWindow { get; init; } = TimeSpan.FromDays(365);

    /// <summary>The table of that version, or null.</summary>
    public static RuleTable? OfVersion(string version) => All.FirstOrDefault(table => table.Version == version);

    /// <summary>The table in force on a day; the first one for days before it.</summary>
    public static RuleTable InForceAt(DateTimeOffset moment) =>
        All.LastOrDefault(table => table.InForceFrom <= DateOnly.FromDateTime(moment.UtcDateTime)) ?? All[0];

    /// <summary>What a loss or an exposure is held against, and whether it deviates from the standard's "about 0".</summary>
    /// <param name="raised">The ceiling an attested decision has set for a tier 5 system; null without one.</param>
    public (TimeSpan Ceiling, bool Deviates) CeilingOf(TierLimits limits, TimeSpan? raised) =>
        limits.Tier != 5 || limits.Rpo > TimeSpan.Zero ? (limits.Rpo, false)
        : raised > Tier5Ceiling ? (raised.Value, true)
        : (Tier5Ceiling, false);

    /// <summary>The first moment after the given number of working days. A calendar that has next to none ends the term after a year all the same.</summary>
    public DateTimeOffset AssessmentDue(DateTimeOffset seen, Func<DateTimeOffset, bool> isWorkingDay)
    {
        var (day, left) = (seen, AssessmentWorkingDays);
        while (left > 0 && day < seen.AddYears(1))
        {
            day = day.AddDays(1);
            left -= isWorkingDay(day) ? 1 : 0;
        }

        return day;
    }
}
