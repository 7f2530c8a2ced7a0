using System.Globalization;

namespace DrOrchestrator.Benchmarks;

/// <summary>Memory of <c>dro serve</c> with a thousand probes that really run.</summary>
internal static class MemoryBenchmark
{
    private const int Probes = 1000;
    private const double ResidentBudget = 240;
    private const double AnonymousBudget = 100;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        await using var target = await ProbeTarget.StartAsync();
        var estate = work.Folder("memory-estate");
        EstateText.Write(estate, Probes, target.Url);
        await using var server = await Server.StartAsync(published, estate, work.Folder("memory-data"));
        await Task.Delay(Settled, TimeProvider.System);
        var (resident, anonymous) = (Megabytes(server.Id, "Rss:"), Megabytes(server.Id, "Anonymous:"));
        report.Add(new Figure($"resident, {Probes} probes every 10 s, 60 s after ready", $"{resident:F0} MB", "< 240 MB", resident < ResidentBudget));
        report.Add(new Figure("... of it anonymous", $"{anonymous:F0} MB", "< 100 MB", anonymous < AnonymousBudget));
        report.Add(new Figure("... its target was asked meanwhile", $"{target.Asked} times"));
        report.Add(new Figure($"... start to ready with {Probes} probes, new data folder", $"{server.ToReady.TotalMilliseconds:F0} ms"));
    }

    private static double Megabytes(int process, string line) =>
        double.Parse(
            File.ReadLines($"/proc/{process}/smaps_rollup").First(text => text.StartsWith(line, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;
}
