using System.Text.Json.Nodes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Availability;

/// <summary>
/// What is left of the yearly limit of unplanned downtime (剩余允许中断时间), and when it runs out at this rate. The rate is the nominal unplanned downtime of the window
/// over the time of it that was observed; it goes on from the window's end with what is left nominally.
/// </summary>
/// <param name="Left">Limit less nominal downtime; negative when it is used up.</param>
/// <param name="LeftLower">Least that is left: limit less the upper bound.</param>
/// <param name="LeftUpper">Most that is left: limit less the lower bound.</param>
/// <param name="PerDay">The rate: downtime a day.</param>
/// <param name="RunsOutAt">When it runs out before the year does; null: not at this rate. In the past where it is used up.</param>
public sealed record BudgetForecast(TimeSpan Limit, TimeSpan Left, TimeSpan LeftLower, TimeSpan LeftUpper, TimeSpan PerDay, DateTimeOffset? RunsOutAt)
{
    /// <summary>Pure.</summary>
    /// <param name="downtime">Of the calendar year so far.</param>
    /// <param name="yearEnd">When the year is over.</param>
    /// <param name="limit">Of unplanned downtime in the year.</param>
    public static BudgetForecast Of(Downtime downtime, DateTimeOffset yearEnd, TimeSpan limit)
    {
        var left = limit - downtime.Down;
        var perDay = downtime.Observed > TimeSpan.Zero ? new TimeSpan((long)((Int128)TimeSpan.TicksPerDay * downtime.Down.Ticks / downtime.Observed.Ticks)) : TimeSpan.Zero;
        DateTimeOffset? runsOut = left <= TimeSpan.Zero ? downtime.To : null;
        if (runsOut is null && downtime.Down > TimeSpan.Zero)
        {
            var ticks = (Int128)left.Ticks * downtime.Observed.Ticks / downtime.Down.Ticks;
            runsOut = ticks < (yearEnd - downtime.To).Ticks ? Whole(downtime.To.AddTicks((long)ticks)) : null;
        }

        return new BudgetForecast(limit, left, limit - downtime.DownUpper, limit - downtime.DownLower, perDay, runsOut);
    }

    internal JsonObject ToJson() => new()
    {
        ["limit"] = Micros(Limit),
        ["left"] = Micros(Left),
        ["leftLower"] = Micros(LeftLower),
        ["leftUpper"] = Micros(LeftUpper),
        ["perDay"] = Micros(PerDay),
        ["runsOutAt"] = RunsOutAt?.ToRfc3339(),
    };

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset Whole(DateTimeOffset moment) => Time.Micros.FromUnixMicros(moment.ToUnixMicros());
}
