using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>How a container process is started.</summary>
/// <param name="LogFile">Takes standard output and standard error, in the order written.</param>
/// <param name="Volumes">Folders it works on; it has not ended before they are let go.</param>
internal sealed record PodProcessStart(IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, string LogFile, IReadOnlyList<string> Volumes, TimeProvider Time);

/// <summary>
/// One container process and what it started, in a session of its own. Its standard input stays open as long as the site lives: a pod
/// ends when it closes, so nothing outlives the site.
/// </summary>
internal sealed class PodProcess
{
    public const int Terminate = 15;
    private const int Kill = 9;
    private const string Session = "/usr/bin/setsid";
    private readonly Process _process;
    private readonly int _id;
    private readonly string _markFile;
    private readonly PodProcessStart _start;
    private volatile bool _ended;

    private PodProcess(Process process, PodProcessStart start, string markFolder)
    {
        _process = process;
        _start = start;
        _id = process.Id;
        _markFile = ProcessMarks.Write(markFolder, _id);
        Exited = WaitAsync();
    }

    /// <summary>The exit code; 128 and the signal's number when a signal ended it.</summary>
    public Task<int> Exited { get; }

    public static PodProcess Start(PodProcessStart start, string markFolder)
    {
        // The shell opens the log and becomes the container, so that nobody has to copy its output.
        List<string> line = ["/bin/sh", "-c", "exec \"$@\" >>\"$0\" 2>&1", start.LogFile, .. start.Command];
        if (File.Exists(Session))
        {
            line.Insert(0, Session);
        }

        var info = new ProcessStartInfo(line[0], line.Skip(1)) { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        var process = Process.Start(info) ?? throw new InvalidOperationException($"The process {line[0]} was not started.");
        return new PodProcess(process, start, markFolder);
    }

    public void AskToEnd()
    {
        if (!_ended)
        {
            _ = Signal(_id, Terminate);
        }
    }

    public void KillAll()
    {
        if (!_ended)
        {
            _ = Signal(-_id, Kill);
            _ = Signal(_id, Kill);
        }
    }

    /// <summary>Tells the process that the site ends.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception problem) when (problem is IOException or InvalidOperationException)
        {
            // It has ended already: there is nobody left to tell.
        }
    }

    internal static int Signal(int process, int signal) => SendSignal(process, signal);

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        _ended = true;

        // What it started ends with it, as in a container.
        _ = Signal(-_id, Kill);
        CloseInput();
        foreach (var volume in _start.Volumes)
        {
            await VolumeLock.FreeAsync(volume, _start.Time);
        }

        var code = _process.ExitCode;
        _process.Dispose();
        File.Delete(_markFile);
        return code;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
