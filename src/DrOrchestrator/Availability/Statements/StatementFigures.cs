using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Availability.Statements;

/// <summary>
/// The figures of a statement from sums of time; pure. Durations are whole microseconds. Percentages have seven decimals and are rounded down by integers
/// (floor(10^9 x good / whole) / 10^7), so that anybody comes to the same digits in any language.
/// </summary>
internal static class StatementFigures
{
    public static JsonObject Of(Downtime downtime) => new()
    {
        ["window"] = Micros(downtime.Window),
        ["unknown"] = Micros(downtime.Unknown),
        ["degraded"] = Micros(downtime.Degraded),
        ["unplanned"] = Bounds(downtime.Down, downtime.DownLower, downtime.DownUpper),
        ["planned"] = Bounds(downtime.Maintenance, downtime.MaintenanceLower, downtime.MaintenanceUpper),
        ["coverage"] = Percent(downtime.Observed, downtime.Window),
        ["allTime"] = Basis(
            downtime.Down + downtime.Maintenance, downtime.DownLower + downtime.MaintenanceLower, downtime.DownUpper + downtime.MaintenanceUpper, downtime.Observed, downtime.Window),
        ["serviceTime"] = downtime.Service is { } service ? Of(service) : null,
    };

    private static JsonObject Of(ServiceTime service)
    {
        var basis = Basis(service.Down, service.DownLower, service.DownUpper, service.Committed - service.Unknown, service.Committed);
        basis["committed"] = Micros(service.Committed);
        basis["unknown"] = Micros(service.Unknown);
        basis["unplanned"] = Bounds(service.Down, service.DownLower, service.DownUpper);
        basis["coverage"] = Percent(service.Committed - service.Unknown, service.Committed);
        return basis;
    }

    private static JsonObject Basis(TimeSpan nominal, TimeSpan lower, TimeSpan upper, TimeSpan observed, TimeSpan whole) => new()
    {
        ["percent"] = Percent(observed - nominal, observed),
        ["lowerPercent"] = Percent(whole - upper, whole),
        ["upperPercent"] = Percent(whole - lower, whole),
    };

    private static JsonObject Bounds(TimeSpan nominal, TimeSpan lower, TimeSpan upper) =>
        new() { ["nominal"] = Micros(nominal), ["lower"] = Micros(lower), ["upper"] = Micros(upper) };

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Null where there is nothing to take a share of.</summary>
    private static string? Percent(TimeSpan good, TimeSpan whole)
    {
        if (whole <= TimeSpan.Zero)
        {
            return null;
        }

        var scaled = (long)((Int128)1_000_000_000 * Math.Max(0, good.Ticks) / whole.Ticks);
        return string.Create(CultureInfo.InvariantCulture, $"{scaled / 10_000_000}.{scaled % 10_000_000:0000000}");
    }
}
