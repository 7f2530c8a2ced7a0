namespace DrOrchestrator.Cli.Processes;

/// <summary>
/// The runtime puts two pipes and a socket for debuggers into the temp folder before the first line of ours runs, and leaves them there when it is killed. There is
/// no setting for it in runtimeconfig.json and the environment of the first process is not ours, so a command that promises to leave nothing behind takes away
/// the names of its own process; it can then not be attached to.
/// </summary>
internal static class RuntimeTraces
{
    public static void Remove()
    {
        var folder = Path.GetTempPath();
        var process = Environment.ProcessId;
        foreach (var pattern in new[] { $"dotnet-diagnostic-{process}-*-socket", $"clr-debug-pipe-{process}-*" })
        {
            foreach (var file in Directory.EnumerateFiles(folder, pattern))
            {
                File.Delete(file);
            }
        }
    }
}
