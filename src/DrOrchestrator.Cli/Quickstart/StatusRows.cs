using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>One row of the live table.</summary>
internal sealed record StatusRow(string Site, string Role, string State, string Latency, string Exposure, string Availability, string Verdict);

/// <summary>Turns a status into rows, one per site; figures of the system stand in the serving site's row, the exposure in the standby's. Pure.</summary>
internal static class StatusRows
{
    public static IReadOnlyList<string> Head { get; } = ["site", "role", "state", "latency", "exposure", "availability", "verdict"];

    public static IReadOnlyList<StatusRow> Of(StatusView status) => [.. status.Systems.SelectMany(system => system.Sites.Select(site => Of(system, site)))];

    private static StatusRow Of(SystemView system, SiteView site)
    {
        var serving = site.Site == system.Serving;
        var exposure = system.Exposures.FirstOrDefault(candidate => candidate.Standby == site.Site);
        return new StatusRow(
            site.Site,
            serving ? "serving" : "standby",
            Wording.Kebab(serving ? system.State : site.State),
            Wording.Milliseconds(serving ? system.LatencyMilliseconds ?? site.LatencyMilliseconds : site.LatencyMilliseconds),
            serving || exposure is null ? "" : Exposure(exposure),
            serving ? Availability(system.Availability) : "",
            serving ? Wording.Kebab(system.Verdicts.FirstOrDefault(verdict => verdict.Subject == "overall")?.Verdict ?? "") : "");
    }

    private static string Exposure(ExposureView exposure) => exposure switch
    {
        { Value: { } value } => Wording.Seconds(value) + (Wording.Kebab(exposure.Replication) == "protected" ? "" : ", " + Wording.Kebab(exposure.Replication)),
        { Highest: { } highest } => $"{Wording.Seconds(exposure.Lowest ?? TimeSpan.Zero)} to {Wording.Seconds(highest)}",
        _ => "unknown",
    };

    /// <summary>After a minute the percentage says little without how much of the year was looked at, and that is nearly nothing: two digits are enough.</summary>
    private static string Availability(AvailabilityView? availability) =>
        availability?.Percent is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(percent * 100) / 100:0.00}%") : "unknown";
}
