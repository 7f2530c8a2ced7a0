using System.Runtime.InteropServices;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>
/// How a process of the lab ends: by SIGTERM or SIGINT in order (a pod told to be stubborn ignores SIGTERM), and at once when its standard input ends, for then
/// whoever started it is gone.
/// </summary>
internal sealed class ProcessLife : IDisposable
{
    private const int Kill = 9;
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _signals;

    public ProcessLife(bool ignoreSigterm)
    {
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                if (!ignoreSigterm)
                {
                    Stop();
                }
            }),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
            {
                signal.Cancel = true;
                Stop();
            }),
        ];
    }

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>For children: the end of standard input ends the process without another instruction run.</summary>
    public static void EndWithStandardInput() => OnEndOfStandardInput(() => Environment.Exit(0));

    /// <summary>For pods, each the leader of a group of its own: as <see cref="EndWithStandardInput"/>, and with it ends what it started.</summary>
    public static void EndGroupWithStandardInput() => OnEndOfStandardInput(() =>
    {
        if (GroupOf(0) == Environment.ProcessId)
        {
            _ = Signal(-Environment.ProcessId, Kill);
        }

        Environment.Exit(0);
    });

    /// <summary>Calls <paramref name="ended"/> once standard input has ended.</summary>
    public static void OnEndOfStandardInput(Action ended)
    {
        var thread = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            var buffer = new byte[256];
            while (input.Read(buffer) > 0)
            {
                // What is said there does not matter, only that somebody still holds the other end.
            }

            ended();
        }) { IsBackground = true, Name = "standard input" };
        thread.Start();
    }

    public void Stop()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // A signal that came while the process was leaving anyway.
        }
    }

    /// <summary>Completes when the process is asked to end.</summary>
    public async Task WaitAsync()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = Stopping.Register(asked.SetResult);
        await asked.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        Array.ForEach(_signals, s => s.Dispose());
        _stopping.Dispose();
    }

    [DllImport("libc", EntryPoint = "getpgid")]
    private static extern int GroupOf(int process);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}
