using System.Globalization;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>
/// A file per container process with the moment the kernel started it. A site that comes back after a SIGKILL ends what is left of its
/// predecessor first: no two processes may ever write to one volume.
/// </summary>
internal static class ProcessMarks
{
    private const int Kill = 9;

    public static string Write(string folder, int process)
    {
        var file = Path.Combine(folder, process.ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(file, StartOf(process) ?? "");
        return file;
    }

    public static async Task EndLeftoversAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            var process = int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture);
            var start = await File.ReadAllTextAsync(file, cancellationToken);
            while (start.Length > 0 && StartOf(process) == start)
            {
                _ = PodProcess.Signal(-process, Kill);
                _ = PodProcess.Signal(process, Kill);
                await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
            }

            File.Delete(file);
        }
    }

    // Field 22 of /proc/PID/stat, counted behind the name, which may hold spaces; a zombie no longer runs.
    private static string? StartOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : fields[19];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
