using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.EndToEnd.RunSpaces;

/// <summary>
/// What the image of a restore has and what it restores from: a real base backup of a real server, which only the key of a Secret opens, the product's script, and a folder in the place of the
/// pod's volume. The command of the pod runs here as a process; all it has of a container is its environment.
/// </summary>
internal sealed class RestoreGround : IAsyncDisposable
{
    public const int Postings = 20;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private readonly ConcurrentDictionary<Process, bool> _running = [];
    private readonly int _port = FreePorts.Take();

    private RestoreGround(string folder) => _folder = folder;

    /// <summary>What opens the backups.</summary>
    public string Key { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>What would pull the image.</summary>
    public string PullSecret { get; } = string.Concat("{\"auths\":{\"registry.dr.bank.example\":{\"auth\":\"", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)), "\"}}}");

    private string Script => Path.Combine(_folder, "postgres-restore.sh");

    private string Fetch => Path.Combine(_folder, "fetch.sh");

    private string Place => Path.Combine(_folder, "volume", "place");

    /// <param name="damage">What a shell does to the backup, in its folder, once it is made; null for a whole one.</param>
    public static async Task<RestoreGround> MakeAsync(string? damage = null)
    {
        var ground = new RestoreGround(await PostgresServer.NewFolderAsync("ground"));
        try
        {
            await ground.FillAsync(damage);
            return ground;
        }
        catch
        {
            await ground.DisposeAsync();
            throw;
        }
    }

    /// <summary>The shipped plan with what is its user's own put in, and a line that prints the key, as careless scripts do.</summary>
    /// <param name="lab">The namespace that has the Secrets.</param>
    /// <param name="storage">A storage class; null for none.</param>
    public string Plan(string lab, string? storage, bool asksForRights)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "runbooks", RestoreDrill.Plan + ".yaml"));
        (string Old, string New)[] changes =
        [
            ("      prove:\n        image: registry.dr.bank.example/tools:1\n        control: 10.9.0.5:9000\n        targets: [10.1.0.20:5432]\n", "      prove: none\n"),
            ("[lab/ledger-backups, lab/registry-dr]", $"[{lab}/ledger-backups, {lab}/registry-dr]"),
            ("      scratch: 150Gi\n", $"      scratch: 150Gi\n{(storage is null ? "" : $"      scratch-class: {storage}\n")}"),
            ("15432", $"{_port}"),
            ("/opt/dro/postgres-restore.sh", Script),
            ("/opt/bank/fetch-newest", $"/bin/sh {Fetch}"),
            ("          mkdir -p", "          echo \"opened with $REPO_KEY\"\n          mkdir -p"),
            ("  - people: { trained-within: 365d }\n", ""),
            .. asksForRights ? [] : ((string, string)[])[("gates:\n  - rights:\n", "")],
        ];
        foreach ((string old, string by) in changes)
        {
            text.Should().Contain(old, "the shipped plan has changed");
            text = text.Replace(old, by, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Runs a pod's command to its end; what it has started ends with it, as in a pod.</summary>
    public async Task<(int ExitCode, string Log)> RunAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        (int code, string log) = await StartAsync(command, environment);
        await RemoveAsync();
        return (code, log);
    }

    /// <summary>Ends what a test that failed has left at work.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _running.Keys)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        try
        {
            if (Directory.Exists(Path.Combine(Place, "newest")))
            {
                await RemoveAsync();
            }
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
            FreePorts.Return(_port);
        }
    }

    private async Task FillAsync(string? damage)
    {
        await using PostgresServer source = await PostgresServer.StartNewAsync();
        await source.ExecuteAsync(
            "CREATE TABLE postings (number int PRIMARY KEY, written_at timestamptz NOT NULL)",
            $"INSERT INTO postings SELECT n, now() - interval '1 minute' FROM generate_series(1, {Postings}) n");
        string backup = Path.Combine(_folder, "backup");
        await PostgresServer.RunAsync("pg_basebackup", "-h", "127.0.0.1", "-p", $"{source.Port}", "-U", "postgres", "-D", backup, "-c", "fast", "-X", "stream", "-l", "nightly");
        if (damage is not null)
        {
            await PostgresServer.RunAsync("/bin/sh", "-ec", $"cd '{backup}'; {damage}");
        }

        await PostgresServer.RunAsync("/bin/mkdir", Path.Combine(_folder, "volume"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "runbooks", "postgres-restore.sh"), Script);
        string opens = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        File.WriteAllText(Fetch, $"[ \"$(printf %s \"$REPO_KEY\" | sha256sum | cut -d ' ' -f 1)\" = {opens} ] || {{ echo 'the key opens nothing'; exit 1; }}\ncp -R '{backup}/.' \"$1\"\n");
    }

    private async Task RemoveAsync()
    {
        (int removed, string said) = await StartAsync(["sh", Script, "--scratch", Place, "--port", $"{_port}", "remove", "newest"], new Dictionary<string, string>());
        if (removed is not (0 or 10))
        {
            throw new InvalidOperationException($"what was restored is still there: {said}");
        }
    }

    private async Task<(int ExitCode, string Output)> StartAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        ProcessStartInfo start = PostgresServer.Command(command[0], command.Skip(1));
        start.Environment.Clear();
        start.Environment["PATH"] = $"{PostgresServer.Programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value == "/scratch" ? Path.GetDirectoryName(Place) : value;
        }

        using Process process = Process.Start(start)!;
        _running[process] = true;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await Task.WhenAll(output, error, process.WaitForExitAsync()).WaitAsync(Longest, TimeProvider.System);
            return (process.ExitCode, await error + await output);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            _running.TryRemove(process, out _);
        }
    }
}
