using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>The status of every system as text. Pure.</summary>
internal static class StatusText
{
    public static void Write(TextWriter writer, StatusView status, StatusWords words)
    {
        if (status.Note is { } note)
        {
            writer.WriteLine(words[note]);
            writer.WriteLine();
        }

        foreach (var (system, index) in status.Systems.Select((system, index) => (system, index)))
        {
            if (index > 0)
            {
                writer.WriteLine();
            }

            Write(writer, system, words);
        }
    }

    /// <summary><c>0.5 s</c>, <c>lost if promoted now: 0.4 s to 1.2 s</c>, <c>unknown</c>.</summary>
    public static string Exposure(ExposureView exposure) => exposure switch
    {
        { Value: { } value } => Wording.Seconds(value),
        { Highest: { } highest } => $"lost if promoted now: {Wording.Seconds(exposure.Lowest ?? TimeSpan.Zero)} to {Wording.Seconds(highest)}",
        { Lowest: { } lowest } => $"lost if promoted now: {Wording.Seconds(lowest)} or more",
        _ => "unknown",
    };

    public static string Title(SystemView system, string language) => system.Title.GetValueOrDefault(language) ?? system.Title.GetValueOrDefault("en") ?? system.Name;

    private static void Write(TextWriter writer, SystemView system, StatusWords words)
    {
        var since = system.Since is { } at ? $" {words["since"]} {Wording.Moment(at)}" : "";
        writer.WriteLine($"{system.Name}  {Title(system, words.Language)}  {words["tier"]} {system.RequiredTier}");
        writer.WriteLine($"{words[Wording.Kebab(system.State)]}{since}{(system.Reason.Length > 0 ? $": {system.Reason}" : "")}");
        writer.WriteLine();

        var sites = new Columns(words["site"], words["role"], words["state"], words["latency"], words["reason"]);
        foreach (var site in system.Sites)
        {
            sites.Add(site.Site, words[site.Role], words[Wording.Kebab(site.State)], Wording.Milliseconds(site.LatencyMilliseconds), site.Reason ?? "");
        }

        sites.Write(writer, "  ");
        writer.WriteLine();

        var figures = new Columns();
        foreach (var exposure in system.Exposures)
        {
            figures.Add(words["exposure"], $"{exposure.Standby}: {Exposure(exposure)}, {words[Wording.Kebab(exposure.Replication)]}");
        }

        if (system.Availability is { } availability)
        {
            figures.Add(words["availability"], $"{Wording.Percent(availability.Percent)} ({Wording.Percent(availability.LowerPercent)} to {Wording.Percent(availability.UpperPercent)})");
            figures.Add(words["coverage"], string.Create(CultureInfo.InvariantCulture, $"{availability.CoveragePercent:0.0##}%"));
        }

        figures.Add(words["last drill"], system.LastDrill is { } drill ? $"run {drill.Id} {drill.Plan}: {drill.Outcome}" : words["none yet"]);
        figures.Write(writer, "  ");
        writer.WriteLine();
        VerdictText.Write(writer, system.Verdicts, words);
    }
}
