using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>One row of the live table.</summary>
internal sealed record StatusRow(string Site, string Role, string State, string Latency, string Exposure, string Availability, string Verdict);

/// <summary>
/// Turns a status into rows, one per site; figures of the system stand in the serving site's row, the exposure in the standby's. Every cell is short: the widest row
/// fits 80 columns. Pure.
/// </summary>
internal static class StatusRows
{
    public static IReadOnlyList<string> Head { get; } = ["site", "role", "state", "latency", "exposure", "available", "verdict"];

    public static IReadOnlyList<StatusRow> Of(StatusView status) => [.. status.Systems.SelectMany(system => system.Sites.Select(site => Of(system, site)))];

    private static StatusRow Of(SystemView system, SiteView site)
    {
        var serving = site.Site == system.Serving;
        var exposure = system.Exposures.FirstOrDefault(candidate => candidate.Standby == site.Site);
        return new StatusRow(
            site.Site,
            serving ? "serving" : "standby",
            serving ? Wording.Kebab(system.State) : State(site, exposure),
            Wording.Milliseconds(serving ? system.LatencyMilliseconds ?? site.LatencyMilliseconds : site.LatencyMilliseconds),
            serving || exposure is null ? "" : Exposure(exposure),
            serving ? Availability(system.Availability) : "",
            serving ? Wording.Kebab(system.Verdicts.FirstOrDefault(verdict => verdict.Subject == "overall")?.Verdict ?? "") : "");
    }

    /// <summary>A standby that is up and receives nothing is none: that comes before its own state.</summary>
    private static string State(SiteView site, ExposureView? exposure)
    {
        var state = Wording.Kebab(site.State);
        return state == "up" && exposure is not null && Wording.Kebab(exposure.Replication) is var replication and not "protected" ? replication : state;
    }

    private static string Exposure(ExposureView exposure) => exposure switch
    {
        { Value: { } value } => Wording.Seconds(value),
        { Highest: { } highest } => string.Create(CultureInfo.InvariantCulture, $"{exposure.Lowest?.TotalSeconds ?? 0:0.0}-{Wording.Seconds(highest)}"),
        _ => "unknown",
    };

    /// <summary>After a minute the percentage says little without how much of the year was looked at, and that is nearly nothing: two digits are enough.</summary>
    private static string Availability(AvailabilityView? availability) =>
        availability?.Percent is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(percent * 100) / 100:0.00}%") : "unknown";
}
