using DrOrchestrator.Availability;

namespace DrOrchestrator.Compliance;

/// <summary>Percentages from sums of time (系统可用性, 全时口径: every interruption counts, planned ones too); pure.</summary>
public static class AvailabilityFigures
{
    /// <summary>The nominal figure is of the time observed; the bounds are of the whole window.</summary>
    public static AvailabilityFigure Of(Downtime downtime)
    {
        var (window, observed) = (downtime.Window.TotalSeconds, downtime.Observed.TotalSeconds);
        double Share(TimeSpan down, double of) => of <= 0 ? 0 : 100 * Math.Clamp(1 - ((down + downtime.Maintenance).TotalSeconds / of), 0, 1);
        return new AvailabilityFigure(
            downtime.From,
            downtime.To,
            observed > 0 ? Share(downtime.Down, observed) : null,
            Share(downtime.DownUpper, window),
            Share(downtime.DownLower, window),
            window > 0 ? 100 * observed / window : 0,
            downtime.Down,
            downtime.DownLower,
            downtime.DownUpper,
            downtime.Unknown,
            downtime.Degraded,
            downtime.Maintenance);
    }
}
