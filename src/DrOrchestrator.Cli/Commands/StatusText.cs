using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>The status of every system as text, what is wrong first. Pure.</summary>
internal static class StatusText
{
    private static readonly string[] WorstFirst = ["breached", "at-risk", "indeterminate", "met"];

    public static void Write(TextWriter writer, StatusView status, StatusWords words, int width = 80)
    {
        if (status.Note is { } note)
        {
            writer.WriteLine(words[note]);
            writer.WriteLine();
        }

        Away(writer, status.DatabaseAway, words, width);
        foreach (var overdue in status.Overdue)
        {
            Wrapped.Write(writer, words.Say(overdue.Finding), width, "! ", "  ");
            writer.WriteLine();
        }

        foreach (var (system, index) in status.Systems.OrderBy(Rank).Select((system, index) => (system, index)))
        {
            if (index > 0)
            {
                writer.WriteLine();
            }

            Write(writer, system, words, width);
        }

        if (status.VantagePoints.Count > 0)
        {
            writer.WriteLine();
            writer.WriteLine(words["vantage points"]);
            VantagePoints(writer, status.VantagePoints, words);
        }
    }

    /// <summary>Where it is looked from, who decides, and whose word counts now.</summary>
    public static void VantagePoints(TextWriter writer, IReadOnlyList<VantageView> points, StatusWords words)
    {
        var table = new Columns(words["vantage point"], words["state"], words["last heard"], words["control targets"]);
        foreach (var point in points)
        {
            table.Add(
                point.Name,
                point.Decides ? words["decides"] : point.Votes ? words["votes"] : $"{words["does not vote"]}: {words.Say(point.Why ?? "")}",
                point.HeardAt is { } heard ? Wording.Moment(heard) : "-",
                point.Controls.ToString(CultureInfo.InvariantCulture));
        }

        table.Write(writer, "  ");
    }

    /// <summary>That the server's database is away, and of when what is only on record is.</summary>
    public static void Away(TextWriter writer, DatabaseAwayView? away, StatusWords words, int width)
    {
        if (away is not null)
        {
            Wrapped.Write(writer, $"{words["the database is away"]}: {words["since"]} {Wording.Moment(away.Since)}; {words["runs, assessments and alerts as of"]} {Wording.Moment(away.AsOf)}", width, "! ", "  ");
            writer.WriteLine();
        }
    }

    /// <summary><c>0.5 s</c>, <c>lost if promoted now: 0.4 s to 1.2 s</c>, <c>unknown</c>.</summary>
    public static string Exposure(ExposureView exposure, StatusWords words) => exposure switch
    {
        { Value: { } value } => Wording.Seconds(value),
        { Highest: { } highest } => $"{words["lost if promoted now: "]}{Wording.Seconds(exposure.Lowest ?? TimeSpan.Zero)} {words["to"]} {Wording.Seconds(highest)}",
        { Lowest: { } lowest } => words.AtLeastLost(Wording.Seconds(lowest)),
        _ => words.UnknownFigure,
    };

    public static string Title(SystemView system, string language) => system.Title.GetValueOrDefault(language) ?? system.Title.GetValueOrDefault("en") ?? system.Name;

    /// <summary>Name, state, alerts and the running clock: what every view of a system begins with.</summary>
    public static void Head(TextWriter writer, SystemView system, StatusWords words, int width)
    {
        var since = system.Since is { } at ? $" {words["since"]} {Wording.Moment(at)}" : "";
        writer.WriteLine($"{system.Name}  {Title(system, words.Language)}  {words["tier"]} {system.RequiredTier}");
        Wrapped.Write(writer, $"{words[Wording.Kebab(system.State)]}{since}{(system.Reason.Length > 0 ? $": {words.Say(system.Reason)}" : "")}", width, "", "  ");
        foreach (var alert in system.Alerts.OrderBy(alert => alert.Severity, StringComparer.Ordinal))
        {
            Wrapped.Write(writer, $"{words[alert.Severity]}: {words.Say(alert.Text)} ({words["since"]} {Wording.Moment(alert.RaisedAt)})", width, "  ! ", "    ");
        }

        if (system.Recovery.Running is { } running)
        {
            var limit = running.Limit is { } held ? $", {words["limit"]} {Wording.Seconds(held)}" : "";
            var end = running.ProjectedEnd is { } projected ? $", {words["projected end"]} {Wording.Moment(projected)}" : "";
            writer.WriteLine($"  ! {words["running"]}: {Wording.Seconds(running.Elapsed)}{limit}{end}{(running.Exceeds ? $" ({words["over the limit"]})" : "")}");
        }

        writer.WriteLine();
    }

    private static int Rank(SystemView system) =>
        (system.State is "down" ? 0 : system.Alerts.Any(alert => alert.Severity == "critical") ? 10 : system.Alerts.Count > 0 ? 20 : 30)
        + (system.Verdicts.FirstOrDefault(verdict => verdict.Subject == "overall") is { } overall ? Array.IndexOf(WorstFirst, Wording.Kebab(overall.Verdict)) : WorstFirst.Length);

    private static void Write(TextWriter writer, SystemView system, StatusWords words, int width)
    {
        Head(writer, system, words, width);
        VerdictText.Write(writer, system.Verdicts, words, width);
        writer.WriteLine();
        Sites(writer, system, words);
        writer.WriteLine();

        var figures = new Columns();
        foreach (var exposure in system.Exposures)
        {
            figures.Add(words["exposure"], $"{exposure.Standby}: {Exposure(exposure, words)}, {words[Wording.Kebab(exposure.Replication)]}");
        }

        if (system.Availability is { } availability)
        {
            figures.Add(words["availability"], $"{words.Percent(availability.Percent)} ({words.Percent(availability.LowerPercent)} {words["to"]} {words.Percent(availability.UpperPercent)})");
            figures.Add(words["coverage"], string.Create(CultureInfo.InvariantCulture, $"{availability.CoveragePercent:0.0##}%"));
        }

        if (system.Budget is { } budget)
        {
            figures.Add(words["downtime left"], Budget(budget, words));
        }

        foreach (var forecast in system.Recovery.Forecasts)
        {
            figures.Add(words["predicted"], $"{forecast.Plan}: {Forecast(forecast, words)}");
        }

        foreach (var readiness in system.Readiness)
        {
            figures.Add(words["could switch now"], CalendarText.Readiness(readiness, words));
        }

        if (system.NextDrill is { } next)
        {
            figures.Add(words["next drill"], CalendarText.Next(next, words));
        }

        figures.Add(words["last drill"], system.LastDrill is { } drill ? $"{words["run"]} {drill.Id} {drill.Plan}: {words[drill.Outcome]}" : words["none yet"]);
        if (system.Findings.Count > 0)
        {
            figures.Add(words["findings"], string.Create(CultureInfo.InvariantCulture, $"{system.Findings.Count} ({words["more with"]} dro status --system {system.Name})"));
        }

        figures.Write(writer, "  ");
    }

    public static void Sites(TextWriter writer, SystemView system, StatusWords words)
    {
        var sites = new Columns(words["site"], words["role"], words["state"], words["latency"], words["reason"]);
        foreach (var site in system.Sites)
        {
            sites.Add(site.Site, words[site.Role], words[Wording.Kebab(site.State)], site.LatencyMilliseconds is { } latency ? Wording.Milliseconds(latency) : words.UnknownFigure, words.Say(site.Reason ?? ""));
        }

        sites.Write(writer, "  ");
    }

    public static string Forecast(ForecastView forecast, StatusWords words) => forecast switch
    {
        { P50: { } half, P95: { } most } => $"p50 {Wording.Seconds(half)}, p95 {Wording.Seconds(most)}{(forecast.NeverRun.Count > 0 ? $" ({words["never run"]}: {string.Join(", ", forecast.NeverRun)})" : "")}",
        _ => words.Say(forecast.Reason ?? ""),
    };

    public static string Budget(BudgetView budget, StatusWords words) =>
        $"{Left(budget.Left)} / {Left(budget.Allowed)}{(budget.RunsOutOn is { } day ? $", {words["runs out on"]} {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "")}";

    /// <summary>Whole minutes, rounded down: what is left is never overstated.</summary>
    private static string Left(TimeSpan time) => time switch
    {
        { Ticks: < 0 } => "-" + Left(-time),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalSeconds)} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalMinutes)} min"),
        _ when time.Minutes == 0 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours)} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours)} h {time.Minutes} min"),
    };
}
