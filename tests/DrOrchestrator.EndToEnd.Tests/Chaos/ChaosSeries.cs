using System.Text.RegularExpressions;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>Many seeds, one after the other; what was well is told in a line, what was not in full.</summary>
internal static partial class ChaosSeries
{
    /// <returns>0 where all was well.</returns>
    public static async Task<int> RunAsync(int first, int count)
    {
        long began = TimeProvider.System.GetTimestamp();
        var failed = new List<int>();
        var (kills, planned, disturbed, nothing) = (0, 0, 0, 0);
        foreach (int seed in Enumerable.Range(first, count))
        {
            string folder = Path.Combine(AppContext.BaseDirectory, "work", $"chaos-series-{seed}");
            Clear(folder);
            Directory.CreateDirectory(folder);
            ChaosReport report = await ChaosChild.RunAsync(seed, folder);
            Console.WriteLine(report.Text.TrimEnd());
            int killed = Killed().Match(report.Text) is { Success: true } said ? int.Parse(said.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 0;
            (kills, planned, disturbed) = (kills + killed, planned + ChaosPlan.Of(seed).Kills.Count, disturbed + (killed > 0 ? 1 : 0));
            nothing += NothingDone().IsMatch(report.Text) ? 1 : 0;
            if (report.IsWell)
            {
                Clear(folder);
            }
            else
            {
                failed.Add(seed);
                Console.WriteLine($"seed {seed} is NOT well: {folder}");
            }
        }

        // Runs that ended before the moment of a kill show nothing of it, nor do those in which nothing was left to switch for: a series in which that is the rule is none.
        Console.WriteLine($"the orchestrator was killed {kills} times of {planned} planned, in {disturbed} of {count} runs");
        Console.WriteLine($"{nothing} of {count} runs were refused with nothing done");
        Console.WriteLine($"{count - failed.Count} of {count} seeds well, {TimeProvider.System.GetElapsedTime(began).TotalMinutes:0.0} min{(failed.Count == 0 ? "" : $"; not well: {string.Join(", ", failed)}")}");
        return failed.Count == 0 && disturbed * 2 > count && nothing * 5 <= count ? 0 : 1;
    }

    [GeneratedRegex(@"after (\d+) kills")]
    private static partial Regex Killed();

    [GeneratedRegex("^aborted after", RegexOptions.Multiline)]
    private static partial Regex NothingDone();

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
