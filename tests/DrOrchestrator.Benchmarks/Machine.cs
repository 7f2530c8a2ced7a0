using System.Globalization;

namespace DrOrchestrator.Benchmarks;

/// <summary>What the figures were taken on. Linux only: everything is read from /proc and /sys.</summary>
internal static class Machine
{
    /// <summary>1, 5 and 15 minutes; beside <see cref="Environment.ProcessorCount"/> it says how many others ran.</summary>
    public static string Load => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    public static string Describe(string folder) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores ({Processor()}), {MemoryGigabytes():F0} GB, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, .NET {Environment.Version}, {Disk(folder)}");

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    private static double MemoryGigabytes() =>
        double.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / (1 << 20);

    /// <summary>Device and file system below a folder; whether it turns is the kernel's word, which a virtual disk only passes on.</summary>
    private static string Disk(string folder)
    {
        var mount = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).Where(fields => Contains(fields[1], folder)).MaxBy(fields => fields[1].Length)!;
        var device = Path.GetFileName(mount[0]);
        var block = Directory.Exists($"/sys/block/{device}") ? device : device.TrimEnd("0123456789".ToCharArray());
        var rotational = $"/sys/block/{block}/queue/rotational";
        var turns = !File.Exists(rotational) ? "" : File.ReadAllText(rotational).Trim() == "1" ? ", rotational by the kernel's word" : ", not rotational";
        return $"{mount[2]} on {device}{turns}";
    }

    private static bool Contains(string mountPoint, string folder) => mountPoint == "/" || folder == mountPoint || folder.StartsWith(mountPoint + "/", StringComparison.Ordinal);
}
