using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Web.Api;

/// <summary>Puts together what the status call, the first page and the metrics show, from one reading.</summary>
internal sealed class StatusReader(EstateHolder estates, ISystemStatuses statuses, LastReadings readings, IEngineStates engines, IVantageRoll vantage, CalendarBoard calendar, ProcessClock clock)
{
    public const string LabNote = "lab, satisfies no clause";

    public async Task<StatusDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var runs = await readings.RunsAsync(cancellationToken);
        var systems = await statuses.ReadAsync(cancellationToken);
        var open = await readings.AlertsAsync(cancellationToken);
        var away = readings.Away();
        var points = vantage.Read();
        var standing = calendar.Read();
        var readiness = standing.Entries.Select(entry => entry.Readiness).OfType<SwitchReadiness>().ToList();
        var now = clock.Now;
        return new StatusDocument(
            estate.Name,
            estate.IsSandbox,
            estate.IsSandbox ? LabNote : null,
            now,
            [.. systems.Select(system => Report(system, runs, open, away) with { VantagePoints = points, Readiness = [.. readiness.Where(one => one.Systems.Contains(system.Name))], NextDrill = standing.NextDrillOf(system.Name) })],
            engines.Read(),
            OverdueDrills.All(estate, runs, now)) { DatabaseAway = away, VantagePoints = points };
    }

    private static SystemReport Report(SystemStatus status, IReadOnlyList<RunView> runs, IReadOnlyList<Alert> open, DatabaseAway? away)
    {
        var own = runs.Where(run => run.Systems.Contains(status.Name)).ToList();
        return new SystemReport(
            status.Name,
            status.Title,
            status.Department,
            status.RequiredTier,
            status.Limits,
            status.Serving,
            status.State,
            status.Since,
            status.Reason,
            status.LatencyMilliseconds,
            status.Sites,
            status.Availability,
            status.Exposures,
            status.Verdicts,
            own.Where(run => run.ClosedAt is not null).MaxBy(run => run.Id) is { } last ? DrillSummary.Of(last.For(status.Name)) : null,
            own.Where(run => run.ClosedAt is null).MaxBy(run => run.Id) is { } running ? DrillSummary.Of(running.For(status.Name)) : null)
        {
            DatabaseAway = away,
            Recovery = status.Recovery,
            Windows = status.Windows,
            Budget = status.Budget,
            ExposureYears = status.ExposureYears,
            Qos = status.Qos,
            Findings = status.Findings,
            Alerts = [.. open.Where(alert => alert.System == status.Name)],
        };
    }
}
