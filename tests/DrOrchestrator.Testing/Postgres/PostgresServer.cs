using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// A real PostgreSQL server on a free port of the loopback interface, in a folder of its own. It ends with <see cref="DisposeAsync"/> and also when the test's
/// process dies (its shell watches a pipe). Superuser <c>postgres</c>, trusted on the loopback interface. Standbys are made by pg_basebackup.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    // When the pipe from the tests ends, so does the server, at once, also one that stands still; and when the server ends it is waited for: one that is dead and still counted keeps another from starting.
    private const string Shell = """
        exec 3<&0
        "$0" "$@" & p=$!
        { read -r _; kill -QUIT $p 2>/dev/null; kill -CONT $p 2>/dev/null; } <&3 & r=$!
        wait $p
        kill $r 2>/dev/null
        """;

    // One that was killed leaves a segment of shared memory behind; the lock files in its folder name it. Only segments of its own that nobody is attached to are taken away.
    private const string ForgetMemory = """
        find "$1" -name postmaster.pid | while read -r lock; do
          set -- $(sed -n '1p;7p' "$lock")
          awk -v pid="$1" -v id="${3:-}" '$2 == id && $5 == pid && $7 == 0 { found = 1 } END { exit !found }' /proc/sysvipc/shm && ipcrm -m "$3"
        done
        exit 0
        """;

    private readonly string _folder;
    private readonly List<PostgresServer> _standbys = [];
    private Process? _process;
    private int? _standing;

    private PostgresServer(string folder, int port) => (_folder, Port) = (folder, port);

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Where the tests themselves reach it: not 127.0.0.1 where packets to and from that are dropped on purpose.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>PGDATA.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>What the server said.</summary>
    public string LogFile => Path.Combine(_folder, "server.log");

    /// <summary>
    /// A command line by which others (the product's own script at the server's host) may start it; such a server ends with this process too, however that ends.
    /// </summary>
    public string StartCommand => $"/bin/sh {StartFile()}";

    /// <summary>Of the superuser, without pooling, so that nothing outlives a test.</summary>
    public string ConnectionString => ConnectionTo("postgres");

    /// <summary>Whether a server is installed on this machine.</summary>
    public static bool IsInstalled => PostgresPrograms.AreInstalled;

    /// <summary>Folder of pg_ctl, pg_basebackup and the rest, for what this class has no word for.</summary>
    public static string Programs => PostgresPrograms.Folder;

    /// <summary>Runs one of PostgreSQL's programs (or another, by its full path) as the server's user; returns its output, throws with what it said when it fails.</summary>
    public static Task<string> RunAsync(string program, params IEnumerable<string> arguments) => PostgresPrograms.RunAsync(program, arguments);

    /// <summary>A program that goes on for a while, as the server's user has to start it; its output is redirected.</summary>
    public static ProcessStartInfo Command(string program, params IEnumerable<string> arguments) => PostgresPrograms.Start(program, arguments);

    /// <summary>A new folder that the server's user owns.</summary>
    public static Task<string> NewFolderAsync(string name) => PostgresPrograms.NewFolderAsync(name);

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="settings">Lines of postgresql.conf on top of the usual ones, e.g. <c>archive_mode = on</c>.</param>
    public static Task<PostgresServer> StartNewAsync(params IEnumerable<string> settings) => StartNewAtAsync("127.0.0.1", settings);

    /// <summary>As <see cref="StartNewAsync"/>; the tests reach it, and its standbys, at a loopback address besides 127.0.0.1.</summary>
    public static async Task<PostgresServer> StartNewAtAsync(string address, params IEnumerable<string> settings)
    {
        var server = new PostgresServer(await PostgresPrograms.NewFolderAsync("pg"), FreePort()) { Address = address };
        await PostgresPrograms.RunAsync("initdb", "--pgdata", server.DataFolder, "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale");
        await server.ConfigureAsync([
            $"listen_addresses = '{string.Join(',', new[] { "127.0.0.1", address }.Distinct())}'", $"port = {server.Port}", "unix_socket_directories = ''", "wal_level = replica", "max_wal_senders = 10",
            "shared_buffers = 16MB", "max_connections = 60", "hot_standby = on",

            // In the data folder and gone with it: what a killed server leaves in /dev/shm outlives every test.
            "dynamic_shared_memory_type = mmap", .. settings]);
        await server.StartAsync();
        return server;
    }

    /// <summary>To a database, with what is to be added to the connection string.</summary>
    public string ConnectionTo(string database, string more = "") => $"Host={Address};Port={Port};Username=postgres;Database={database};Pooling=false;Timeout=5;{more}";

    /// <summary>Adds lines to the end of postgresql.conf; the last word counts. Reload or restart to put them in force.</summary>
    public async Task ConfigureAsync(params IEnumerable<string> settings) =>
        await PostgresPrograms.RunAsync("/bin/sh", "-c", "printf '%s\\n' \"$2\" >> \"$1/postgresql.conf\"", "sh", DataFolder, string.Join('\n', settings));

    /// <summary>Starts it (again) and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var start = PostgresPrograms.Start("/bin/sh", "-c", Shell, Path.Combine(PostgresPrograms.Folder, "postgres"), "-D", DataFolder, "-c", "logging_collector=off");
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        var log = new StreamWriter(LogFile, append: true) { AutoFlush = true };
        _process.OutputDataReceived += (_, line) => Write(log, line.Data);
        _process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilAsync(AnswersAsync, "answer");
    }

    /// <summary>Somebody at its host (a service manager, a person) starts it with whatever data it has; false where it does not start.</summary>
    /// <param name="options">Words of the server's own command line.</param>
    public async Task<bool> StartByOthersAsync(string options = "")
    {
        using var start = Process.Start("/bin/sh", StartFile(options));
        await start.WaitForExitAsync();
        return start.ExitCode == 0;
    }

    /// <summary>Ends it: <c>fast</c> or <c>smart</c> cleanly, <c>immediate</c> as in a crash.</summary>
    public async Task StopAsync(string mode = "fast")
    {
        await PostgresPrograms.RunAsync("pg_ctl", "stop", "-D", DataFolder, "-m", mode, "-w");
        await EndedAsync();
    }

    /// <summary>SIGKILL for the postmaster; its children follow by themselves.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL", Postmaster());
        await EndedAsync();
    }

    /// <summary>A streaming standby of this one, started. Ends together with its primary.</summary>
    /// <param name="applicationName">What it calls itself in <c>synchronous_standby_names</c>.</param>
    public async Task<PostgresServer> AddStandbyAsync(string applicationName, params IEnumerable<string> settings)
    {
        var standby = new PostgresServer(await PostgresPrograms.NewFolderAsync("pg"), FreePort()) { Address = Address };
        await PostgresPrograms.RunAsync(
            "pg_basebackup", "--pgdata", standby.DataFolder, "--checkpoint=fast", "--wal-method=stream", "--no-sync", "--write-recovery-conf",
            "--dbname", $"host=127.0.0.1 port={Port} user=postgres application_name={applicationName}");
        await standby.ConfigureAsync([$"port = {standby.Port}", $"cluster_name = '{applicationName}'", .. settings]);
        _standbys.Add(standby);
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Looks until it holds; fails after a minute.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException("it does not come about");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }
    }

    /// <summary>Runs statements, each on its own.</summary>
    public async Task ExecuteAsync(params IEnumerable<string> statements)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>The first value of the first row.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The process id of the postmaster.</summary>
    public int Postmaster() => int.Parse(File.ReadLines(Path.Combine(DataFolder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The process id of a backend by its <c>backend_type</c>, e.g. <c>walreceiver</c>; waits until there is one.</summary>
    public async Task<int> BackendAsync(string backendType)
    {
        var pid = 0;
        await WaitUntilAsync(
            async () => (pid = await ScalarAsync<int>($"SELECT COALESCE(MAX(pid), 0) FROM pg_stat_activity WHERE backend_type = '{backendType}'")) != 0,
            $"have a {backendType}");
        return pid;
    }

    /// <summary>Sends a signal (<c>STOP</c>, <c>CONT</c>, <c>KILL</c>) to one of the server's processes.</summary>
    public static Task SignalAsync(string signal, int pid) => PostgresPrograms.RunAsync("/bin/kill", $"-{signal}", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Stops the server and every session where they are, as a machine that stands still: connections stay, nothing answers.</summary>
    public async Task StandStillAsync()
    {
        // The postmaster first: it starts no session then that would be missed.
        _standing = Postmaster();
        await SignalAsync("STOP", _standing.Value);
        foreach (var session in SessionsOf(_standing.Value))
        {
            await SignalAsync("STOP", session);
        }
    }

    /// <summary>Lets it go on.</summary>
    public async Task GoOnAsync()
    {
        if (_standing is { } postmaster)
        {
            // Whoever killed it meanwhile has left nothing to go on.
            foreach (var process in SessionsOf(postmaster).Append(postmaster).Where(process => Directory.Exists($"/proc/{process}")))
            {
                await SignalAsync("CONT", process);
            }

            _standing = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GoOnAsync();
        foreach (var standby in _standbys)
        {
            await standby.DisposeAsync();
        }

        if (_process is { HasExited: false } process)
        {
            process.StandardInput.Close();
            await EndedAsync();
        }

        // Where somebody else has started it again since.
        if (File.Exists(Path.Combine(DataFolder, "postmaster.pid")))
        {
            await Task.WhenAny(PostgresPrograms.RunAsync("pg_ctl", "stop", "-D", DataFolder, "-m", "immediate", "-w"));
        }

        // Sessions that somebody has stopped (SIGSTOP) outlive a server that was killed: they hear nothing of its end.
        foreach (var left in LeftBelow(_folder))
        {
            await SignalAsync("KILL", left);
        }

        await PostgresPrograms.RunAsync("/bin/sh", "-c", ForgetMemory, "forget-memory", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    private string StartFile(string options = "")
    {
        var file = Path.Combine(_folder, "start.sh");
        var asServer = PostgresPrograms.AsOtherUser ? "setpriv --reuid=postgres --regid=postgres --init-groups " : "";
        File.WriteAllText(file, $"""
            {asServer}{PostgresPrograms.Folder}/pg_ctl start -D {DataFolder} -o '{options}' -w -t 60 -s -l {LogFile}.started || exit 1
            setsid {asServer}/bin/sh -c 'while kill -0 {Environment.ProcessId} 2>/dev/null || [ -d /proc/{Environment.ProcessId} ]; do [ -d {DataFolder} ] || exit; sleep 1; done; {PostgresPrograms.Folder}/pg_ctl stop -D {DataFolder} -m immediate' >/dev/null 2>&1 </dev/null &

            """);
        return file;
    }

    private static void Write(StreamWriter log, string? line)
    {
        lock (log)
        {
            if (line is null)
            {
                log.Flush();
            }
            else
            {
                log.WriteLine(line);
            }
        }
    }

    private async Task EndedAsync()
    {
        // The shell waits for the end of the pipe even when the server is gone.
        _process!.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process is not { HasExited: false })
        {
            throw new InvalidOperationException($"PostgreSQL did not start: {await File.ReadAllTextAsync(LogFile)}");
        }

        try
        {
            return await ScalarAsync<int>("SELECT 1") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task WaitUntilAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"PostgreSQL on port {Port} does not {what}: {await File.ReadAllTextAsync(LogFile)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }
    }

    /// <summary>Processes at work below that folder, as every process of a server is in its data folder, wherever that was moved.</summary>
    private static List<int> LeftBelow(string folder)
    {
        var left = new List<int>();
        foreach (var process in Directory.GetDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var pid) && new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget is { } at && at.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    left.Add(pid);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another's.
            }
        }

        return left;
    }

    /// <summary>Children of a process, by the fourth field of <c>/proc/PID/stat</c>, behind the name in brackets.</summary>
    private static List<int> SessionsOf(int parent)
    {
        var sessions = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && File.ReadAllText(Path.Combine(folder, "stat")) is var stat
                    && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture))
                {
                    sessions.Add(pid);
                }
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return sessions;
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
