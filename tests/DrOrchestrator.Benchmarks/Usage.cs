using System.Globalization;

namespace DrOrchestrator.Benchmarks;

/// <summary>What a process has used, by the kernel's accounts.</summary>
internal static class Usage
{
    /// <summary>Processor time of all its threads, user and kernel; other people's load moves it little.</summary>
    public static TimeSpan Processor(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0);
    }

    public static double ResidentMegabytes(int process) => Megabytes(process, "Rss:");

    public static double AnonymousMegabytes(int process) => Megabytes(process, "Anonymous:");

    private static double Megabytes(int process, string line) =>
        double.Parse(
            File.ReadLines($"/proc/{process}/smaps_rollup").First(text => text.StartsWith(line, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;
}
