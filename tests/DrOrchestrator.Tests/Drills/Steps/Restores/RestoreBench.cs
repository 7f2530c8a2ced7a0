using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Drills.Steps.Restores;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Drills.Steps.Restores;

/// <summary>A real server with postings in it, a folder of real base backups, a scratch place, and the product's own script as the way to it.</summary>
internal sealed class RestoreBench : IAsyncDisposable, IExposures
{
    private readonly StepBench _steps = new("");
    private readonly string _script;
    private readonly int _port = FreePorts.Take();

    private RestoreBench(PostgresServer source, string backups, string scratch)
    {
        (Source, Backups, Scratch) = (source, backups, scratch);
        _script = Path.Combine(AppContext.BaseDirectory, "work", $"restore-{Guid.NewGuid():N}.sh");
        File.WriteAllText(_script, $"#!/bin/sh\nexec /bin/sh {Path.Combine(PostgresLab.Runbooks, "postgres-restore.sh")} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public PostgresServer Source { get; }

    public string Backups { get; }

    public string Scratch { get; }

    /// <summary>Takes the place of <c>--backups</c>.</summary>
    public string[]? From { get; set; }

    /// <summary>The moment that the recovery point claims.</summary>
    public DateTimeOffset? Claimed { get; set; }

    public string[] More { get; set; } = [];

    public Dictionary<string, JsonObject> Outputs => _steps.Outputs;

    public PostgresRestoreStep Restoring => new(Hosts, this, new ProcessClock(TimeProvider.System));

    public RestoreCheckStep Checking => new(new DatabaseSessions(new ProcessClock(TimeProvider.System)));

    public RestoreRemoveStep Removing => new(Hosts);

    public int Port => _port;

    private RestoreHosts Hosts => new(new AllowedCommands([_script]), TimeProvider.System);

    public static async Task<RestoreBench> StartAsync(int postings = 20, params string[] settings)
    {
        var source = await PostgresServer.StartNewAsync(settings);
        await source.ExecuteAsync(
            "CREATE TABLE postings (number int PRIMARY KEY, written_at timestamptz NOT NULL)",
            $"INSERT INTO postings SELECT n, now() - interval '1 minute' FROM generate_series(1, {postings}) n");
        return new RestoreBench(source, await PostgresServer.NewFolderAsync("backups"), await PostgresServer.NewFolderAsync("scratch"));
    }

    public Task BackUpAsync(string name = "base-1") =>
        PostgresServer.RunAsync("pg_basebackup", "-h", "127.0.0.1", "-p", $"{Source.Port}", "-U", "postgres", "-D", Path.Combine(Backups, name), "-c", "fast", "-X", "stream");

    public StepContext Context(string kind, string with, string step)
    {
        var context = _steps.Context(kind, with, step, timeoutSeconds: 120);
        var target = new PostgresTarget(["127.0.0.1"], _port, "postgres", "postgres", null, PostgresTls.Disable, null);
        string[] from = From ?? ["--backups", Backups];
        return context with
        {
            Estate = context.Estate with
            {
                RestorePlaces = [new RestorePlace("scratch", "ledger", "dr", target, new DatabaseHost.Command(_script, ["--scratch", Scratch, .. from, "--port", $"{_port}", "--bin", PostgresServer.Programs, .. More]))],
                Databases = [new DatabaseDefinition("source", "ledger", "primary", target with { Port = Source.Port }, null, "source")],
                RecoveryPoints = [new RecoveryPointDefinition("backups", "ledger", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), new HttpMomentOfTests("dr"))],
            },
        };
    }

    /// <summary>Restores; null intent where it could not be prepared.</summary>
    public async Task<(StepOutcome Outcome, JsonObject Intent, StepContext Context)> RestoreAsync(string with = """{"place":"scratch"}""")
    {
        var context = Context("postgres.restore", with, "restore");
        var intent = JsonNode.Parse((await Restoring.PrepareAsync(context, default)).ToJsonString())!.AsObject();
        var outcome = await Restoring.ExecuteAsync(context, intent, default);
        _steps.Intents["restore"] = intent;
        if (outcome is StepOutcome.Done done)
        {
            _steps.Outputs["restore"] = done.Outputs;
        }

        return (outcome, intent, context);
    }

    public async Task<StepOutcome> CheckAsync(string checks, string more = "")
    {
        var context = Context("postgres.restore-check", $$"""{"place":"scratch","restored-by":"restore","source":"source","settle":"0s","checks":{{checks}}{{more}}}""", "check");
        return await Checking.ExecuteAsync(context, await Checking.PrepareAsync(context, default), default);
    }

    public async Task<StepOutcome> RemoveAsync()
    {
        var context = Context("postgres.restore-remove", """{"place":"scratch","restored-by":"restore"}""", "remove");
        return await Removing.ExecuteAsync(context, await Removing.PrepareAsync(context, default), default);
    }

    public Exposure? Current(string system, string standby) => null;

    public Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken) => Task.FromResult(
        new Exposure("ledger", standby, null, null, null, ReplicationState.Protected, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, "no copy was found") { Represents = Claimed });

    public async ValueTask DisposeAsync()
    {
        // Whatever a test left: nothing of it may outlive the test.
        await Restoring.UndoAsync(Context("postgres.restore", """{"place":"scratch"}""", "restore"), new JsonObject { ["mark"] = "dro-7-restore-1" }, null, default);
        await Source.DisposeAsync();
        Directory.Delete(Backups, recursive: true);
        Directory.Delete(Scratch, recursive: true);
        File.Delete(_script);
    }

    private sealed record HttpMomentOfTests(string At) : MomentSettings("http", At);
}
