using System.Diagnostics;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The lock that the script on a server's host takes for every change, held by somebody else.</summary>
internal sealed class HostLock : IAsyncDisposable
{
    private readonly Process _holder;

    private HostLock(Process holder) => _holder = holder;

    public static string FileOf(PostgresServer server) => server.DataFolder + ".dro.lock";

    /// <param name="shared">As whoever looks has it for a moment.</param>
    public static async Task<HostLock> TakeAsync(PostgresServer server, bool shared = false)
    {
        var holder = Process.Start(new ProcessStartInfo("/usr/bin/flock", [shared ? "-s" : "-x", FileOf(server), "/bin/sh", "-c", "echo held; read _"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        (await holder.StandardOutput.ReadLineAsync()).Should().Be("held");
        return new HostLock(holder);
    }

    /// <summary>Looks until somebody waits for it.</summary>
    public static Task UntilWaitedForAsync(PostgresServer server) => PostgresServer.UntilAsync(() => Task.FromResult(Directory.GetDirectories("/proc").Any(process => IsWaiting(process, FileOf(server)))));

    public async ValueTask DisposeAsync()
    {
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
    }

    /// <summary>The script waits by the program <c>flock</c>, which it gives its ninth file.</summary>
    private static bool IsWaiting(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim() == "flock" && new FileInfo(Path.Combine(process, "fd", "9")).LinkTarget == file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
