using System.Globalization;
using System.Runtime.InteropServices;

namespace DrOrchestrator.Commands;

/// <summary>Sessions of processes: whoever starts one can end all of it, also what was put into the background or has lost its parent.</summary>
internal static class Sessions
{
    private const int SigKill = 9;
    private const int NotPermitted = 1;

    /// <summary>Looks without a pause: what dies at once costs nobody any time.</summary>
    private const int QuickLooks = 20;
    private const int MostLooks = 70;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Kills every process of the session, and waits for a second at most until they are gone. A process that forks while it is looked for is found at the next look; one that dies
    /// slowly (it waits for a disk) does nothing of its own any more.
    /// </summary>
    /// <param name="kill">Sends the signal to one process; false where this account may not. The system's own by default.</param>
    /// <returns>Those that go on: another account's, which ours may not kill.</returns>
    public static async Task<IReadOnlyList<int>> KillAsync(int session, TimeProvider time, Func<int, bool>? kill = null)
    {
        if (kill is null)
        {
            _ = SendSignal(-session, SigKill);
        }

        for (var look = 1; ; look++)
        {
            var members = Members(session);
            var others = members.Where(pid => !(kill ?? Kill)(pid)).ToList();
            if (others.Count == members.Count || look == MostLooks)
            {
                return others;
            }

            if (look >= QuickLooks)
            {
                await Task.Delay(Pause, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Its processes that still run.</summary>
    public static List<int> Members(int session)
    {
        var members = new List<int>();
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && IsRunningIn(pid, session))
            {
                members.Add(pid);
            }
        }

        return members;
    }

    private static bool Kill(int pid) => SendSignal(pid, SigKill) == 0 || Marshal.GetLastPInvokeError() != NotPermitted;

    private static bool IsRunningIn(int pid, int session)
    {
        try
        {
            // pid (name) state parent group session ...; the name may hold anything, brackets too. Z: dead, and not yet collected by its parent.
            var text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > 3 && fields[0] is not ("Z" or "X") && fields[3] == session.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int pid, int signal);
}
