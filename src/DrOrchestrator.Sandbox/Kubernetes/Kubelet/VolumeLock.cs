namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>
/// The file <c>lock</c> of a volume, held by whatever works on it. Processes that left the container's session (a database does that) are as much part of it as the rest, and
/// as long as one of them is alive it holds the lock.
/// </summary>
internal static class VolumeLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Returns when nobody works on the volume any more.</summary>
    public static async Task FreeAsync(string volume, TimeProvider time)
    {
        while (IsHeld(Path.Combine(volume, "lock")))
        {
            await Task.Delay(Pause, time);
        }
    }

    private static bool IsHeld(string file)
    {
        try
        {
            using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
