using System.Globalization;

namespace DrOrchestrator.Commands;

/// <summary>
/// Processes that this account may not look into (another account's, a <c>sudo</c> of a program of ours), and that nobody holds any more: what began their session is gone. Whether
/// they are of a program of ours their environment would say, and it cannot be read; when they began, and in which session, everybody may read.
/// </summary>
internal static class HiddenProcesses
{
    private const int Hertz = 100;
    private const int PlaceField = 1;
    private const int OptionsField = 3;
    private const int StateField = 0;
    private const int SessionField = 3;
    private const int StartField = 19;

    /// <summary>This moment in the unit of <see cref="BegunSince"/>: ticks since the machine began; 0 where it does not say.</summary>
    public static long Now(string proc = "/proc") =>
        Text(Path.Combine(proc, "uptime")) is { } text && double.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out var seconds) ? (long)(seconds * Hertz) : 0;

    /// <summary>Where a program of ours can be seen that was started here: this machine since it began, and this container. Empty where the machine does not say.</summary>
    public static string Place(string proc = "/proc")
    {
        try
        {
            return $"{Text(Path.Combine(proc, "sys", "kernel", "random", "boot_id"))?.Trim()} {new FileInfo(Path.Combine(proc, "self", "ns", "pid")).LinkTarget}".Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>
    /// Whether another account's processes are seen here at all: a mount with <c>hidepid</c> (or <c>ProtectProc</c> of the service) hides that they are there, or when they began.
    /// </summary>
    /// <param name="isPrivileged">Root's own account sees all of them; whether this is it, by default.</param>
    public static bool AreSeen(string proc = "/proc", bool? isPrivileged = null) =>
        Of(Path.Combine(proc, "1")) is not null && ((isPrivileged ?? Environment.IsPrivilegedProcess) || Text(Path.Combine(proc, "self", "mounts")) is not { } mounts || !Hides(mounts));

    /// <summary>Numbers of those that began at or after a moment.</summary>
    /// <param name="ticks">As <see cref="Now"/> said it.</param>
    public static IReadOnlyList<int> BegunSince(long ticks, string proc = "/proc")
    {
        var found = new List<int>();
        foreach (var folder in Directory.Exists(proc) ? Directory.EnumerateDirectories(proc) : [])
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Of(folder) is { IsAlive: true, Session: not 0 } one && one.Start >= ticks
                && Of(Path.Combine(proc, one.Session.ToString(CultureInfo.InvariantCulture))) is not { IsAlive: true }
                && IsHidden(folder))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    /// <summary>device, where, type, options ...; of several at one place the last one counts.</summary>
    private static bool Hides(string mounts) =>
        mounts.Split('\n').Select(line => line.Split(' ')).LastOrDefault(fields => fields.Length > OptionsField && fields[PlaceField] == "/proc") is { } last
        && last[OptionsField].Split(',').Any(option => option.StartsWith("hidepid=", StringComparison.Ordinal) && option is not ("hidepid=0" or "hidepid=off"));

    private static (bool IsAlive, int Session, long Start)? Of(string folder)
    {
        // pid (name) state parent group session ...; the name may hold anything, brackets too. Z: dead, and not yet collected by its parent.
        var text = Text(Path.Combine(folder, "stat"));
        var fields = text?[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return fields.Length > StartField && int.TryParse(fields[SessionField], CultureInfo.InvariantCulture, out var session) && long.TryParse(fields[StartField], CultureInfo.InvariantCulture, out var start)
            ? (fields[StateField] is not ("Z" or "X"), session, start)
            : null;
    }

    private static bool IsHidden(string folder)
    {
        try
        {
            _ = File.ReadAllBytes(Path.Combine(folder, "environ"));
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }

    private static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
