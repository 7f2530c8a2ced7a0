using System.Globalization;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Watching;

/// <summary>Where a run stands, in words. Pure.</summary>
internal static class ProgressText
{
    private const int BarWidth = 24;

    /// <summary><c>3 of 7 steps, running promote</c>.</summary>
    public static string Steps(RunProgressView progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Done} of {progress.Total} steps{(progress.Running.Count > 0 ? $", running {string.Join(", ", progress.Running)}" : "")}");

    /// <summary><c>[#######-----------------]</c>.</summary>
    public static string Bar(RunProgressView progress)
    {
        var full = progress.Total == 0 ? 0 : BarWidth * progress.Done / progress.Total;
        return $"[{new string('#', full)}{new string('-', BarWidth - full)}]";
    }

    /// <summary>One line per system that is interrupted: <c>ledger: interrupted for 12.0 s of 4 h, projected end 08:00:40Z</c>; what is expected where none is.</summary>
    public static IEnumerable<string> Clocks(RunProgressView progress)
    {
        foreach (var clock in progress.Clocks)
        {
            var limit = clock.Limit is { } most ? $" of {Wording.Seconds(most)}" : "";
            var end = clock.ProjectedEnd is { } projected ? $", projected end {Second(projected)}" : "";
            yield return $"{clock.System}: interrupted for {Wording.Seconds(clock.Elapsed)}{limit}{end}{(clock.Exceeds ? " (OVER THE LIMIT)" : "")}";
        }

        if (progress is { Clocks.Count: 0, ExpectedSeconds: { } expected })
        {
            yield return $"forecast when it was opened: {Wording.Seconds(expected)}";
        }
    }

    /// <summary>One line per item that waits: <c>waits for approver (anna, bo): run-approval, until 08:10:00Z</c>.</summary>
    public static IEnumerable<string> Waits(RunProgressView progress)
    {
        foreach (var waits in progress.WaitsFor)
        {
            var people = waits.People.Count > 0 ? string.Join(", ", waits.People) : "NOBODY MAY ANSWER";
            yield return $"waits for {waits.Role} ({people}): {waits.Item}{(waits.Deadline is { } deadline ? $", until {Second(deadline)}" : "")}";
        }

        if (progress is { WaitsFor.Count: 0, WaitingFor: { } reason })
        {
            yield return $"waits for {reason}";
        }
    }

    private static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
