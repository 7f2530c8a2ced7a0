using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Compliance;

/// <summary>Availability over one standing window.</summary>
/// <param name="Window"><c>today</c>, <c>7-days</c>, <c>30-days</c>, <c>month</c>, <c>quarter</c>, <c>year</c>, <c>last-year</c>, <c>rolling-365-days</c>.</param>
public sealed record WindowFigure(string Window, AvailabilityFigure Figure);

/// <summary>What is left of the yearly downtime limit (剩余允许中断时间), and when it runs out at the rate so far.</summary>
/// <param name="Allowed">The limit in force.</param>
/// <param name="Left">By the nominal downtime of the year; negative where it is overdrawn.</param>
/// <param name="LeftAtLeast">With everything unknown counted as down.</param>
/// <param name="RunsOutOn">The day it runs out at the rate of the time observed so far; null where it lasts the year.</param>
public sealed record DowntimeBudget(TimeSpan Allowed, TimeSpan Left, TimeSpan LeftAtLeast, DateOnly? RunsOutOn)
{
    /// <summary>Of a year that runs; pure.</summary>
    public static DowntimeBudget Of(AvailabilityFigure year, TimeSpan allowed)
    {
        var (left, observed) = (allowed - year.Down, year.To - year.From - year.Unknown);
        var end = year.WholeTo ?? year.To;
        DateOnly? day = null;
        if (left <= TimeSpan.Zero)
        {
            day = DateOnly.FromDateTime(year.To.UtcDateTime);
        }
        else if (year.Down > TimeSpan.Zero && observed > TimeSpan.Zero && left.TotalSeconds * observed.TotalSeconds / year.Down.TotalSeconds is var seconds && seconds < (end - year.To).TotalSeconds)
        {
            day = DateOnly.FromDateTime(year.To.AddSeconds(seconds).UtcDateTime);
        }

        return new DowntimeBudget(allowed, left, allowed - year.DownUpper, day);
    }
}

/// <summary>Figures of a system over all standing windows, on both bases, from rows kept in memory while nothing changes.</summary>
internal sealed class AvailabilityWindows(ITimelineReader timelines)
{
    /// <summary>All windows, shortest first.</summary>
    public async Task<IReadOnlyList<WindowFigure>> ReadAsync(Estate estate, ProtectedSystem system, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var windows = AvailabilityWindow.All(now, estate.TimeZone);
        var from = windows.Min(window => window.From);
        var subjects = new List<SubjectTimeline>();
        foreach (var probe in estate.CriticalProbesOf(system))
        {
            subjects.Add(await timelines.ReadSinceAsync(probe.Name, from, now, cancellationToken).ConfigureAwait(false));
            foreach (var floor in probe.Floors)
            {
                var rows = await timelines.ReadSinceAsync(FloorSubjects.Of(probe.Name, floor.Kind), from, now, cancellationToken).ConfigureAwait(false);
                subjects.Add(rows with { Part = floor.IsInterruption ? SubjectPart.InterruptingFloor : SubjectPart.DegradingFloor });
            }
        }

        var ledger = ServiceLedger.Of(subjects, LedgerEntries.None);
        var calendar = estate.ServiceCalendarOf(system);
        var committed = calendar is null ? null : ServiceTimeCalculator.Between(calendar, from, now);
        return
        [
            .. windows.Select(window => new WindowFigure(
                window.Name,
                AvailabilityFigures.Of(ledger.Between(window.From, window.To, committed)) with { WholeTo = window.Name.Contains("days", StringComparison.Ordinal) ? null : window.WholeTo })),
        ];
    }
}
