using System.Diagnostics;
using System.Globalization;

namespace DrOrchestrator.Cli.Tests.Processes;

/// <summary>The real <c>dro quickstart</c>, ended at the moment its sandbox has started: no process and no file outside its folder stays.</summary>
public class LeftoversTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("KILL", 137)]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Quickstart_EndedWhileItStarts_LeavesNothingButItsFolder(string signal, int exitCode)
    {
        using var folder = new TestFolder();

        // Names of long ago may have the number that a process of this test gets.
        HashSet<string> there = [.. Directory.EnumerateFileSystemEntries(Path.GetTempPath())];
        using var quickstart = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "dro"), ["quickstart", "--data", folder.Path, "--exit"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var patience = new CancellationTokenSource(Long);
        List<int> processes;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
            processes = ProcessesOf(folder.Path);
        }
        while (processes.Count < 2);

        using (var kill = Process.Start("/bin/kill", ["-" + signal, quickstart.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(patience.Token);
        }

        await quickstart.WaitForExitAsync(patience.Token);
        quickstart.ExitCode.Should().Be(exitCode);
        while (ProcessesOf(folder.Path).Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }

        processes.Add(quickstart.Id);
        Directory.EnumerateFileSystemEntries(Path.GetTempPath()).Except(there).Should().NotContain(entry => processes.Exists(process => entry.Contains($"-{process}-", StringComparison.Ordinal)));
    }

    /// <summary>Processes that name the folder in their command line.</summary>
    private static List<int> ProcessesOf(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out _) && CommandLineOf(process).Contains(folder, StringComparison.Ordinal))
            .Select(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture)),
    ];

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
