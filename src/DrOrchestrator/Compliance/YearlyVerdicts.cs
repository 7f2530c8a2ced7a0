using System.Globalization;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>The two yearly limits (verdict rules 1 to 3); pure. A year that still runs is never met, only within its limits so far; once broken it stays broken.</summary>
internal static class YearlyVerdicts
{
    public static TierVerdict Downtime(TierLimits limits, TierFacts facts)
    {
        var year = facts.CalendarYear;
        var value = $"{Figures.Span(year.Down)} ({Figures.Span(year.DownLower)} to {Figures.Span(year.DownUpper)} with everything unknown counted as down)";
        var limit = $"{Figures.Span(limits.YearlyDowntime)} a year ({limits.DowntimeSource})";
        return Judge("downtime", facts, value, limit, limits.YearlyDowntime, year.DownLower, year.DownUpper, facts.Rolling.DownLower) with
        {
            Numbers = new VerdictNumbers(
                "seconds", year.Down.TotalSeconds, year.DownLower.TotalSeconds, year.DownUpper.TotalSeconds, limits.YearlyDowntime.TotalSeconds, year.From, year.To, year.CoveragePercent),
        };
    }

    /// <summary>
    /// Held as the time the percentage leaves in the year's real seconds (or in its committed service time, where an attested policy says so), so that a year that has just
    /// begun is judged by the same measure as a whole one.
    /// </summary>
    public static TierVerdict Availability(TierLimits limits, TierFacts facts)
    {
        var (year, rolling) = (facts.CalendarYear, facts.Rolling);
        if (facts.ServiceTimePolicy is { } policy && year.Service is { } service)
        {
            var shown = service.Percent is { } over
                ? $"{Figures.Percent(over)} of the committed time observed ({Figures.Percent(service.LowerPercent)} to {Figures.Percent(service.UpperPercent)} of it)"
                : "nothing observed";
            var held = string.Create(CultureInfo.InvariantCulture, $"{limits.AvailabilityPercent}% ({limits.AvailabilitySource}), unplanned interruptions over committed service time by {policy}");

            // What the calendar commits of the whole year, holidays and seasons as they come; where that is not known, no more than so far.
            var allowed = (service.WholeCommitted ?? service.Committed) * (double)(1 - (limits.AvailabilityPercent / 100));
            return Judge("availability", facts, shown, held, allowed, service.DownLower, service.DownUpper, rolling.Service?.DownLower ?? TimeSpan.Zero)
                with { Numbers = Percent(service.Percent, service.LowerPercent, service.UpperPercent, service.CoveragePercent, limits, year) };
        }

        var left = YearOf(year).Length * (double)(1 - (limits.AvailabilityPercent / 100));
        var value = year.Percent is { } percent
            ? $"{Figures.Percent(percent)} of the time observed ({Figures.Percent(year.LowerPercent)} to {Figures.Percent(year.UpperPercent)} of the period)"
            : "nothing observed";
        var limit = string.Create(CultureInfo.InvariantCulture, $"{limits.AvailabilityPercent}% ({limits.AvailabilitySource}), every interruption counted, around the clock");
        var notes = new[] { TierEvaluator.NoteOf(facts), year.Service is null ? null : facts.LatePolicy }.OfType<string>().ToList();
        return Judge("availability", facts, value, limit, left, year.DownLower + year.MaintenanceLower, year.DownUpper + year.MaintenanceUpper, rolling.DownLower + rolling.MaintenanceLower)
            with
            {
                Numbers = Percent(year.Percent, year.LowerPercent, year.UpperPercent, year.CoveragePercent, limits, year),
                Note = notes.Count == 0 ? null : string.Join("; ", notes),
            };
    }

    private static VerdictNumbers Percent(double? percent, double lower, double upper, double coverage, TierLimits limits, AvailabilityFigure year) =>
        new("percent", percent, lower, upper, (double)limits.AvailabilityPercent, year.From, year.To, coverage);

    private static TierVerdict Judge(
        string subject, TierFacts facts, string value, string limit, TimeSpan allowed, TimeSpan lower, TimeSpan upper, TimeSpan rollingLower)
    {
        var (start, length) = YearOf(facts.CalendarYear);
        var observed = facts.CalendarYear.To - facts.CalendarYear.From - facts.CalendarYear.Unknown;
        var seen = $"observed {Figures.Roughly(observed)} of the year";
        var isOver = facts.CalendarYear.From <= start && facts.CalendarYear.To >= start + length;
        var (verdict, reason) = (lower > allowed, rollingLower > allowed, upper <= allowed, isOver) switch
        {
            (true, _, _, _) => (Verdict.Breached, $"even the lower bound is over the limit; {seen}"),
            (_, true, _, _) => (Verdict.AtRisk, $"the last 365 days are over the limit; {seen}"),
            (_, _, true, true) => (Verdict.Met, "even the upper bound is within the limit"),
            (_, _, true, false) => (Verdict.Indeterminate, $"within limits so far; the year is not over; {seen}"),
            _ => (Verdict.Indeterminate, seen),
        };
        return new TierVerdict(subject, verdict, value, limit, string.Join("; ", [reason, .. facts.BlindSpots]), TierEvaluator.NoteOf(facts))
        {
            Evidence = facts.IntervalsHash is { } hash ? [$"intervals sha256:{hash}"] : [],
        };
    }

    private static (DateTimeOffset Start, TimeSpan Length) YearOf(AvailabilityFigure figure)
    {
        if (figure.WholeTo is { } end)
        {
            return (figure.From, end - figure.From);
        }

        var start = new DateTimeOffset(figure.From.UtcDateTime.Year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return (start, start.AddYears(1) - start);
    }
}
