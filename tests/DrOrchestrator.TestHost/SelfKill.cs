using System.Runtime.InteropServices;
using System.Text;

namespace DrOrchestrator.TestHost;

/// <summary>
/// Ends this process as the kernel ends one: no handler runs, nothing is flushed. Or has it stand still as SIGSTOP does, until somebody wakes it. Each step is killed once per file: the kill is on the disk before it is done, so
/// that the next process, which comes by the same place, goes on.
/// </summary>
internal sealed class SelfKill(string killsFile, IReadOnlySet<string>? steps, bool standStill = false)
{
    private const int Sigkill = 9;
    private const int Sigstop = 19;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _done = [.. File.Exists(killsFile) ? File.ReadAllLines(killsFile) : []];

    /// <summary>Returns only when this step is not asked for or was killed before, or once the process is woken.</summary>
    public void Strike(string step)
    {
        if (steps?.Contains(step) == false)
        {
            return;
        }

        lock (_gate)
        {
            if (!_done.Add(step))
            {
                return;
            }

            using (var file = new FileStream(killsFile, FileMode.Append, FileAccess.Write, FileShare.Read))
            {
                file.Write(Encoding.UTF8.GetBytes(step + "\n"));
                file.Flush(flushToDisk: true);
            }

            if (standStill)
            {
                // Every thread of the process stops with this call, and goes on behind it.
                _ = Kill(Environment.ProcessId, Sigstop);
                return;
            }

            _ = Kill(Environment.ProcessId, Sigkill);
            throw new InvalidOperationException("the process has outlived its own SIGKILL");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
