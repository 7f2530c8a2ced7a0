using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Cli.Commands;

/// <summary>Two runs side by side as text. Pure.</summary>
internal static class RunDiffText
{
    /// <summary>What the columns beside a step's name take at most.</summary>
    private const int BesideNames = 48;

    public static void Write(TextWriter writer, RunDiffView diff, int width)
    {
        var (a, b) = (diff.A, diff.B);
        var head = new Columns("", $"run {a.Id}", $"run {b.Id}", "difference")
            .Add("opened", Wording.Moment(a.OpenedAt), Wording.Moment(b.OpenedAt), "")
            .Add("plan", a.Plan, b.Plan, diff.SamePlan ? "same text" : "OTHER TEXT")
            .Add("mode", a.Mode, b.Mode, "")
            .Add("outcome", a.Outcome, b.Outcome, "")
            .Add("recovery time", Seconds(a.RtoSeconds), Seconds(b.RtoSeconds), Signed(b.RtoSeconds - a.RtoSeconds))
            .Add("lost", Count(a.Lost), Count(b.Lost), Count(b.Lost - a.Lost))
            .Add("forecast p50", Seconds(a.Forecast?.P50Seconds), Seconds(b.Forecast?.P50Seconds), Signed(b.Forecast?.P50Seconds - a.Forecast?.P50Seconds))
            .Add("forecast p95", Seconds(a.Forecast?.P95Seconds), Seconds(b.Forecast?.P95Seconds), Signed(b.Forecast?.P95Seconds - a.Forecast?.P95Seconds))
            .Add("forecast error", Signed(a.ForecastErrorSeconds), Signed(b.ForecastErrorSeconds), "");
        head.Write(writer);
        foreach (var side in new[] { a, b })
        {
            if (side.Forecast is { NeverRun.Count: > 0 } forecast)
            {
                Wrapped.Write(writer, $"forecast of run {side.Id}: never run before, counted by timeout: {string.Join(", ", forecast.NeverRun)}", width, "", "  ");
            }

            if (side.Unreadable is { } unreadable)
            {
                Wrapped.Write(writer, $"steps cannot be compared: run {side.Id} needs {unreadable}", width, "! ", "  ");
            }
        }

        Phases(writer, "phase", diff.Phases, diff);
        Phases(writer, "phase of the planned switch", diff.PlannedPhases, diff);
        Steps(writer, diff, width);
    }

    /// <summary><c>+3.2 s</c>, <c>-0.5 s</c>, <c>-</c>.</summary>
    public static string Signed(double? seconds) => seconds is { } known ? (known < 0 ? "-" : "+") + Wording.Seconds(Math.Abs(known)) : "-";

    private static void Phases(TextWriter writer, string title, IReadOnlyList<PhaseDiff> phases, RunDiffView diff)
    {
        if (phases.Count == 0)
        {
            return;
        }

        var table = new Columns(title, $"run {diff.A.Id}", $"run {diff.B.Id}", "difference");
        foreach (var phase in phases)
        {
            table.Add(Wording.Kebab(phase.Phase).Replace('-', ' '), Seconds(phase.SecondsA), Seconds(phase.SecondsB), Signed(phase.DeltaSeconds));
        }

        writer.WriteLine();
        table.Write(writer);
    }

    /// <summary>A line of figures for each step; what is different stands below it, so that no name or value makes a line longer than the terminal.</summary>
    private static void Steps(TextWriter writer, RunDiffView diff, int width)
    {
        if (diff.Steps.Count == 0)
        {
            return;
        }

        var most = Math.Max(10, width - BesideNames);
        var table = new Columns("step", $"run {diff.A.Id}", $"run {diff.B.Id}", "difference");
        foreach (var step in diff.Steps)
        {
            var ratio = step.Ratio is { } times ? string.Create(CultureInfo.InvariantCulture, $" (x{times:0.##})") : "";
            table.Add(Fit(step.Step, most), Half(step.StateA, step.SecondsA), Half(step.StateB, step.SecondsB), step.DeltaSeconds is null ? "" : Signed(step.DeltaSeconds) + ratio);
        }

        using var figures = new StringWriter { NewLine = "\n" };
        table.Write(figures);
        var lines = figures.ToString().Split('\n');
        writer.WriteLine();
        writer.WriteLine(lines[0]);
        foreach (var (step, line) in diff.Steps.Zip(lines.Skip(1)))
        {
            writer.WriteLine(line);
            if (step.Marks.Count > 0)
            {
                Wrapped.Write(writer, string.Join("; ", [string.Join(", ", step.Marks.Select(mark => Wording.Kebab(mark).Replace('-', ' '))), .. step.Changes.Select(Change)]), width, "  ", "    ");
            }
        }
    }

    private static string Change(StepChange change) => $"{change.What}: {change.Was ?? "not set"} -> {change.Is ?? "not set"}";

    private static string Half(string? state, double? seconds) => (state, seconds) switch
    {
        (null, _) => "-",
        ("done", { } known) => Wording.Seconds(known),
        ({ } word, _) => word,
    };

    private static string Seconds(double? seconds) => seconds is { } known ? Wording.Seconds(known) : "-";

    private static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Fit(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + '…';
}
