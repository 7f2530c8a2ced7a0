using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>One system in full: verdicts with their reasons and evidence, RTO three ways, RPO, availability windows, quality of service, findings. Pure.</summary>
internal static class SystemText
{
    public static void Write(TextWriter writer, SystemView system, StatusWords words, int width)
    {
        StatusText.Away(writer, system.DatabaseAway, words, width);
        StatusText.Head(writer, system, words, width);
        VerdictText.Write(writer, system.Verdicts, words, width, inFull: true);
        Section(writer, words["sites"]);
        StatusText.Sites(writer, system, words);
        Recovery(writer, system, words, width);
        Exposures(writer, system, words);
        Windows(writer, system, words);
        QualityText.Write(writer, system.Qos, words);
        if (system.VantagePoints.Count > 0)
        {
            Section(writer, words["vantage points"]);
            StatusText.VantagePoints(writer, system.VantagePoints, words);
        }

        if (system.Findings.Count > 0)
        {
            Section(writer, words["findings"]);
            foreach (var finding in system.Findings)
            {
                Wrapped.Write(writer, $"{(finding.Clause.StartsWith("rule ", StringComparison.Ordinal) ? words.Say(finding.Clause) : finding.Clause)}: {words.Say(finding.Text)}. {words.Say(finding.Remedy)}", width, "  ", "    ");
            }
        }
    }

    private static void Section(TextWriter writer, string title)
    {
        writer.WriteLine();
        writer.WriteLine(title);
    }

    private static void Recovery(TextWriter writer, SystemView system, StatusWords words, int width)
    {
        Section(writer, words["rto"]);
        if (system.Recovery.Demonstrated.Count == 0 && system.Recovery.Forecasts.Count == 0)
        {
            writer.WriteLine($"  {words["no run has demonstrated it, and no plan predicts it"]}");
        }

        foreach (var run in system.Recovery.Demonstrated)
        {
            var rto = run.RtoSeconds is { } seconds ? Wording.Seconds(seconds) : "-";
            var against = run.NotForRto ?? run.Age?.Reason;
            Wrapped.Write(
                writer,
                $"{words["demonstrated"]}: {words["run"]} {run.Run} {words[run.Kind]} {Wording.Moment(run.ClosedAt)}: {rto}{(run.Planned ? $" ({words["planned"]})" : "")}{(against is null ? "" : $"; {words.Say(against)}")}",
                width,
                "  ",
                "    ");
        }

        foreach (var forecast in system.Recovery.Forecasts)
        {
            Wrapped.Write(writer, $"{words["predicted"]}: {forecast.Plan}: {StatusText.Forecast(forecast, words)}", width, "  ", "    ");
            if (forecast.CriticalPath.Count > 0)
            {
                var path = string.Join(" > ", forecast.CriticalPath.Select(step => $"{step.Step} {Wording.Seconds(step.P50)}{(step.ByPeople ? $" ({words["people"]})" : "")}"));
                Wrapped.Write(writer, $"{words["detection"]} {Wording.Seconds(forecast.Detection)}, {words["decision"]} {Wording.Seconds(forecast.Decision)}, {path}", width, "    ", "    ");
            }

            if (forecast.LastErrorSeconds is { } error)
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {words["forecast error"]} ({words["run"]} {forecast.LastErrorRun}): {error:+0.0;-0.0;0.0} s"));
            }
        }
    }

    private static void Exposures(TextWriter writer, SystemView system, StatusWords words)
    {
        if (system.Exposures.Count == 0)
        {
            return;
        }

        Section(writer, words["rpo"]);
        var columns = new Columns(words["standby"], words["exposure"], words["replication"], words["worst 365 days"], words["over the limit"], words["not observed"]);
        foreach (var exposure in system.Exposures)
        {
            var year = system.ExposureYears.GetValueOrDefault(exposure.Standby);
            columns.Add(
                exposure.Standby,
                StatusText.Exposure(exposure, words),
                words[Wording.Kebab(exposure.Replication)],
                year?.WorstSeconds is { } worst ? Wording.Seconds(worst) : "-",
                year is null ? "-" : $"{Wording.Seconds(year.OverLowestSeconds)} {words["to"]} {Wording.Seconds(year.OverHighestSeconds)}",
                year is null ? "-" : Wording.Seconds(year.UnknownSeconds + year.UnseenSeconds));
        }

        columns.Write(writer, "  ");
    }

    private static void Windows(TextWriter writer, SystemView system, StatusWords words)
    {
        if (system.Windows.Count == 0)
        {
            return;
        }

        Section(writer, words["availability"]);
        var columns = new Columns(words["window"], words["24x7"], words["at least"], words["service time"], words["down"], words["degraded"], words["coverage"]);
        foreach (var (window, figure) in system.Windows)
        {
            columns.Add(
                words[window],
                words.Percent(figure.Percent),
                words.Percent(figure.LowerPercent),
                figure.Service is { } service ? words.Percent(service.Percent) : "-",
                Wording.Seconds(figure.Down),
                Wording.Seconds(figure.Degraded),
                words.Percent(figure.CoveragePercent));
        }

        columns.Write(writer, "  ");
        if (system.Budget is { } budget)
        {
            writer.WriteLine($"  {words["downtime left"]}: {StatusText.Budget(budget, words)}");
        }
    }
}
