using DrOrchestrator.Availability;

namespace DrOrchestrator.Compliance;

/// <summary>Availability over one standing window.</summary>
/// <param name="Window"><c>today</c>, <c>7-days</c>, <c>30-days</c>, <c>month</c>, <c>quarter</c>, <c>year</c>, <c>last-year</c>, <c>rolling-365-days</c>.</param>
public sealed record WindowFigure(string Window, AvailabilityFigure Figure);

/// <summary>What is left of the yearly downtime limit (剩余允许中断时间), and when it runs out at the rate so far (<see cref="BudgetForecast"/>).</summary>
/// <param name="Allowed">The limit in force.</param>
/// <param name="Left">By the nominal downtime of the year; negative where it is overdrawn.</param>
/// <param name="LeftAtLeast">With everything unknown counted as down.</param>
/// <param name="RunsOutOn">The day it runs out, by the estate's wall clock, at the rate of the time observed so far; null where it lasts the year.</param>
public sealed record DowntimeBudget(TimeSpan Allowed, TimeSpan Left, TimeSpan LeftAtLeast, DateOnly? RunsOutOn)
{
    /// <summary>Of a year that runs; pure.</summary>
    public static DowntimeBudget Of(AvailabilityReading year, TimeSpan allowed, Func<DateTimeOffset, DateTimeOffset>? local = null)
    {
        var forecast = BudgetForecast.Of(year.Downtime, year.Window.WholeTo, allowed);
        return new DowntimeBudget(forecast.Limit, forecast.Left, forecast.LeftLower, forecast.RunsOutAt is { } at ? DateOnly.FromDateTime((local?.Invoke(at) ?? at.ToUniversalTime()).DateTime) : null);
    }
}
