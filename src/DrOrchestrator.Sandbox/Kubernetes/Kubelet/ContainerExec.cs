using System.Diagnostics;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>
/// A command that was started in a container beside its own process. It ends with that process, as everything in a container does when number 1 ends; who started it may leave and it goes on.
/// </summary>
internal sealed class ContainerExec
{
    private const int Kill = 9;
    private const string Session = "/usr/bin/setsid";

    private readonly Process _process;
    private readonly int _id;
    private readonly string _markFile;

    private ContainerExec(Process process, Task containerEnds, string markFolder)
    {
        _process = process;
        _id = process.Id;
        _markFile = ProcessMarks.Write(markFolder, _id);
        Exited = WaitAsync(containerEnds);
    }

    /// <summary>Where the command reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Error => _process.StandardError.BaseStream;

    /// <summary>The exit code; null when the container ended first.</summary>
    public Task<int?> Exited { get; }

    public static ContainerExec Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, Task containerEnds, string markFolder)
    {
        // Of a session of its own, so that all of it can be ended; its id is that of the process, since a process just started leads no group yet.
        List<string> line = File.Exists(Session) ? [Session, .. command] : [.. command];
        var info = new ProcessStartInfo(line[0], line.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        return new ContainerExec(Process.Start(info) ?? throw new InvalidOperationException($"The process {line[0]} was not started."), containerEnds, markFolder);
    }

    private async Task<int?> WaitAsync(Task containerEnds)
    {
        using var left = new CancellationTokenSource();
        var exited = _process.WaitForExitAsync(left.Token);
        var endedByItself = await Task.WhenAny(exited, containerEnds) == exited;
        if (!endedByItself)
        {
            _ = PodProcess.Signal(-_id, Kill);
            _ = PodProcess.Signal(_id, Kill);
            await exited;
        }

        File.Delete(_markFile);
        return endedByItself ? _process.ExitCode : null;
    }
}
