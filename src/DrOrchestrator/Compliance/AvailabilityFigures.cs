using DrOrchestrator.Availability;

namespace DrOrchestrator.Compliance;

/// <summary>Percentages from sums of time; pure. 全时口径: every interruption counts, planned ones too. 服务时间口径: unplanned ones, over committed service time.</summary>
public static class AvailabilityFigures
{
    /// <summary>A reading with the end of its calendar window.</summary>
    public static AvailabilityFigure OfWindow(AvailabilityReading reading)
    {
        var figure = Of(reading.Downtime);
        return figure with { WholeTo = reading.Window.WholeTo, Service = figure.Service is { } service ? service with { WholeCommitted = reading.WholeCommitted } : null };
    }

    /// <summary>The nominal figure is of the time observed; the bounds are of the whole window.</summary>
    public static AvailabilityFigure Of(Downtime downtime) => new(
        downtime.From,
        downtime.To,
        downtime.Observed > TimeSpan.Zero ? Share(downtime.Down + downtime.Maintenance, downtime.Observed) : null,
        Share(downtime.DownUpper + downtime.MaintenanceUpper, downtime.Window),
        Share(downtime.DownLower + downtime.MaintenanceLower, downtime.Window),
        Coverage(downtime.Unknown, downtime.Window),
        downtime.Down,
        downtime.DownLower,
        downtime.DownUpper,
        downtime.Unknown,
        downtime.Degraded,
        downtime.Maintenance)
    {
        MaintenanceLower = downtime.MaintenanceLower,
        MaintenanceUpper = downtime.MaintenanceUpper,
        Service = downtime.Service is { } service ? Of(service) : null,
    };

    private static ServiceTimeFigure Of(ServiceTime service) => new(
        service.Committed,
        service.Committed > service.Unknown ? Share(service.Down, service.Committed - service.Unknown) : null,
        Share(service.DownUpper, service.Committed),
        Share(service.DownLower, service.Committed),
        Coverage(service.Unknown, service.Committed),
        service.Down,
        service.DownLower,
        service.DownUpper,
        service.Unknown);

    private static double Share(TimeSpan down, TimeSpan of) => of <= TimeSpan.Zero ? 0 : 100 * Math.Clamp(1 - (down.TotalSeconds / of.TotalSeconds), 0, 1);

    private static double Coverage(TimeSpan unknown, TimeSpan of) => of <= TimeSpan.Zero ? 0 : 100 * (of - unknown).TotalSeconds / of.TotalSeconds;
}
