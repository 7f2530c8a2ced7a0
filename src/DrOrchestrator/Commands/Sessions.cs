using System.Globalization;
using System.Runtime.InteropServices;

namespace DrOrchestrator.Commands;

/// <summary>Sessions of processes: whoever starts one can end all of it, also what was put into the background or has lost its parent.</summary>
internal static class Sessions
{
    private const int SigKill = 9;
    private const int MostRounds = 20;

    /// <summary>Kills every process of the session. A process that forks while it is looked for is found in the next round.</summary>
    /// <returns>Those that are there all the same: another account's, which ours may not kill.</returns>
    public static IReadOnlyList<int> Kill(int session)
    {
        _ = SendSignal(-session, SigKill);
        var members = Members(session);
        for (var round = 0; round < MostRounds && members.Count > 0; round++)
        {
            members.ForEach(pid => _ = SendSignal(pid, SigKill));
            members = Members(session);
        }

        return members;
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
