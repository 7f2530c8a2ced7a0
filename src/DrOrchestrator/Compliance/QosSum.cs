using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Compliance;

/// <summary>A window over which service quality is measured, up to now.</summary>
/// <param name="Name"><c>hour</c>, <c>24-hours</c>, <c>30-days</c>, <c>year</c>.</param>
/// <param name="From">Its beginning, by the moment it ends and the estate's time zone.</param>
/// <param name="Fresh">The longest time until it is added up again; a window with little in it is added up sooner.</param>
internal sealed record QosWindow(string Name, Func<DateTimeOffset, string, DateTimeOffset> From, TimeSpan Fresh)
{
    /// <summary>The last hour.</summary>
    public static QosWindow Hour { get; } = new("hour", static (now, _) => now.AddHours(-1), TimeSpan.FromMinutes(1));

    /// <summary>
    /// The longer ones, by hours. Where minutes are forgotten only whole hours are known, so 30 days and the calendar year (of the zone) begin with the first whole hour in them.
    /// </summary>
    public static IReadOnlyList<QosWindow> Longer { get; } =
    [
        new("24-hours", static (now, _) => now.AddDays(-1), TimeSpan.FromMinutes(5)),
        new("30-days", static (now, _) => WholeHour(now.AddDays(-30)), TimeSpan.FromHours(1)),
        new("year", static (now, zone) => WholeHour(AvailabilityWindow.Year(now, zone).From), TimeSpan.FromHours(6)),
    ];

    private static DateTimeOffset WholeHour(DateTimeOffset moment)
    {
        var hour = ProbeHour.Of(moment);
        return hour == moment ? moment : hour.AddHours(1);
    }
}

/// <summary>What the probes of a system's critical functions measured over a window, those that are declared now.</summary>
/// <param name="Window">See <see cref="QosWindow"/>.</param>
/// <param name="To">When it was added up.</param>
/// <param name="Since">The first minute anybody looked; null: nobody did.</param>
/// <param name="CoveragePercent">Of the time of the window and its probes, how much was really looked at; a look speaks for its minute, or for its interval where that is longer.</param>
public sealed record QosSum(string Window, DateTimeOffset From, DateTimeOffset To, ProbeSum Sum, DateTimeOffset? Since, double CoveragePercent)
{
    /// <summary>Adds up the probes of a system; pure.</summary>
    internal static QosSum Of(string window, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<(ProbeDefinition Probe, ProbeSpan Seen)> probes)
    {
        var minutes = Math.Max(1, (to - from).TotalMinutes);
        return new QosSum(
            window,
            from,
            to,
            ProbeSum.Together(probes.Select(probe => probe.Seen.Sum)),
            probes.Min(probe => probe.Seen.Since),
            probes.Select(probe => 100 * Math.Min(1, probe.Seen.LookedMinutes * Math.Max(1, probe.Probe.Interval.TotalMinutes) / minutes)).DefaultIfEmpty(0).Average());
    }
}
