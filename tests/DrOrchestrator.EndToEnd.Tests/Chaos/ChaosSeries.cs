namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>Many seeds, one after the other; what was well is told in a line, what was not in full.</summary>
internal static class ChaosSeries
{
    /// <returns>0 where all was well.</returns>
    public static async Task<int> RunAsync(int first, int count)
    {
        long began = TimeProvider.System.GetTimestamp();
        var failed = new List<int>();
        foreach (int seed in Enumerable.Range(first, count))
        {
            string folder = Path.Combine(AppContext.BaseDirectory, "work", $"chaos-series-{seed}");
            Clear(folder);
            Directory.CreateDirectory(folder);
            ChaosReport report = await ChaosChild.RunAsync(seed, folder);
            Console.WriteLine(report.Text.TrimEnd());
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

        Console.WriteLine($"{count - failed.Count} of {count} seeds well, {TimeProvider.System.GetElapsedTime(began).TotalMinutes:0.0} min{(failed.Count == 0 ? "" : $"; not well: {string.Join(", ", failed)}")}");
        return failed.Count == 0 ? 0 : 1;
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
