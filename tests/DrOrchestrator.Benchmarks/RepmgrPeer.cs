using System.Diagnostics;
using System.Globalization;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Benchmarks;

/// <summary>
/// repmgr beside our failover, by its public commands and set as fast as it goes: one look a second, one try to reconnect. It promotes on its own judgement and fences nobody.
/// </summary>
internal static class RepmgrPeer
{
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(4);

    public static bool IsInstalled => File.Exists(Path.Combine(PostgresServer.Programs, "repmgrd")) && File.Exists(Path.Combine(PostgresServer.Programs, "..", "lib", "repmgr.so"));

    /// <summary>One failover: from the last row acknowledged at the killed primary to the first at the new one, s.</summary>
    /// <param name="pause">From the writer's rows on to the kill, so that the kill does not fall in step with its looks.</param>
    public static async Task<double> GapAsync(int pause)
    {
        await using var primary = await PostgresServer.StartNewAsync("wal_log_hints = on", "wal_keep_size = 256MB", "wal_retrieve_retry_interval = 200ms", "shared_preload_libraries = 'repmgr'");
        await LabWriter.PrepareAsync(primary);
        var primaryFile = await ConfigureAsync(primary, 1);
        await PostgresServer.RunAsync("repmgr", "-f", primaryFile, "primary", "register");
        var dr = await primary.AddStandbyAsync("n2");
        var drFile = await ConfigureAsync(dr, 2);
        await PostgresServer.RunAsync("repmgr", "-f", drFile, "standby", "register", "--upstream-node-id=1", "--wait-sync=10");
        await using var atPrimary = new LabWriter(primary, "primary");
        await using var atDr = new LabWriter(dr, "dr");
        using var daemon = Process.Start(PostgresServer.Command(Path.Combine(PostgresServer.Programs, "repmgrd"), "-f", drFile, "--daemonize=false", "--no-pid-file"))!;
        var said = Task.WhenAll(daemon.StandardOutput.ReadToEndAsync(), daemon.StandardError.ReadToEndAsync());
        TimeoutException? late = null;
        try
        {
            await Task.Delay(Settles, TimeProvider.System);
            await atPrimary.WaitForAsync(50 + pause);
            await primary.KillAsync();
            await atDr.WaitForAsync(20);
        }
        catch (TimeoutException e)
        {
            late = e;
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
            await said;
        }

        if (late is not null)
        {
            throw new TimeoutException($"{late.Message}; repmgrd said:\n{string.Join('\n', await said)}", late);
        }

        return TimeProvider.System.GetElapsedTime(atPrimary.Acknowledged[^1].At, atDr.Acknowledged[0].At).TotalSeconds;
    }

    /// <summary>The file of a node, where the server's own account reads it.</summary>
    private static async Task<string> ConfigureAsync(PostgresServer node, int number)
    {
        var file = Path.Combine(Path.GetDirectoryName(node.DataFolder)!, "repmgr.conf");
        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"""
            node_id={number}
            node_name='n{number}'
            conninfo='host=127.0.0.1 port={node.Port} user=postgres dbname=postgres connect_timeout=2'
            data_directory='{node.DataFolder}'
            pg_bindir='{PostgresServer.Programs}'
            failover=automatic
            promote_command='{PostgresServer.Programs}/repmgr -f {file} standby promote'
            follow_command='{PostgresServer.Programs}/repmgr -f {file} standby follow --upstream-node-id=%n'
            monitor_interval_secs=1
            reconnect_attempts=1
            reconnect_interval=1

            """));
        return file;
    }
}
