using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Commands;
using DrOrchestrator.Credentials;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// Two real PostgreSQL servers that replicate, a front door before them, a writer attached to each, and the real engine with real probes and a SQLite journal. The way to each
/// server's host is the product's own script, run on this machine. People answer at once.
/// </summary>
public sealed class PostgresLab : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Robots = new() { ["operator"] = "requester", ["approver"] = "chen", ["business-verifier"] = "verifier" };

    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", $"pglab-{Guid.NewGuid():N}");
    private readonly string _probeInterval;
    private ServiceProvider? _engine;
    private List<IHostedService> _running = [];

    private PostgresLab(PostgresServer primary, PostgresServer dr, string probeInterval)
    {
        (Primary, Dr, _probeInterval) = (primary, dr, probeInterval);
        FrontDoor = new LabFrontDoor(primary, dr);
        Directory.CreateDirectory(Path.Combine(_folder, "estate"));
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
    }

    public PostgresServer Primary { get; }

    public PostgresServer Dr { get; }

    public LabFrontDoor FrontDoor { get; }

    /// <summary>Attached to the server that was primary first.</summary>
    public LabWriter AtPrimary { get; private set; } = null!;

    /// <summary>Attached to the server that was standby first.</summary>
    public LabWriter AtDr { get; private set; } = null!;

    /// <summary>At which journal write the first engine dies: before it is durable (false) or after (true); null for never.</summary>
    public Func<JournalDraft, bool, bool>? Crash { get; private init; }

    /// <summary>An item that no robot answers; null for none.</summary>
    public string? Unanswered { get; set; }

    /// <summary>The site whose host cannot be asked for a while; null for none.</summary>
    public string? HostAway
    {
        set
        {
            PairEstate.SetHostAway(Primary, value == "primary");
            PairEstate.SetHostAway(Dr, value == "dr");
        }
    }

    /// <summary>The server ends as in a crash at the moment its host is asked to fence it.</summary>
    public static void CrashAtItsFence(PostgresServer server) => File.WriteAllText(server.DataFolder + ".crash", "");

    public IDrills Drills => Engine.GetRequiredService<IDrills>();

    public IServiceProvider Engine => _engine!;

    /// <summary>Where the product's own runbooks are in this repository.</summary>
    public static string Runbooks { get; } = FindRunbooks();

    /// <param name="synchronous">Commits at the primary wait for the standby.</param>
    /// <param name="plans">Names of shipped runbooks, or of files written before by <paramref name="write"/>.</param>
    public static async Task<PostgresLab> StartAsync(
        bool synchronous = false, string probeInterval = "500ms", string[]? plans = null, Action<string>? write = null, string[]? standbySettings = null, int confirmations = 3,
        Func<JournalDraft, bool, bool>? crash = null)
    {
        var primary = await PostgresServer.StartNewAsync("wal_log_hints = on", "wal_keep_size = 256MB", "wal_retrieve_retry_interval = 200ms");
        PostgresLab? lab = null;
        try
        {
            await LabWriter.PrepareAsync(primary);
            await primary.ExecuteAsync("CREATE TABLE dro_probe (probe text PRIMARY KEY, written_at timestamptz NOT NULL, nonce text NOT NULL)");
            var dr = await primary.AddStandbyAsync("ledger_dr", ["wal_retrieve_retry_interval = 200ms", .. standbySettings ?? []]);
            if (synchronous)
            {
                await primary.ConfigureAsync("synchronous_standby_names = 'ledger_dr'");
                await dr.ConfigureAsync("synchronous_standby_names = 'ledger_primary'");
                await primary.ExecuteAsync("SELECT pg_reload_conf()");
                await dr.ExecuteAsync("SELECT pg_reload_conf()");
            }

            lab = new PostgresLab(primary, dr, probeInterval) { Crash = crash };
            write?.Invoke(Path.Combine(lab._folder, "estate"));
            await lab.OpenAsync(plans ?? ["postgres-failover.yaml"], confirmations);
            return lab;
        }
        catch
        {
            await (lab?.DisposeAsync() ?? primary.DisposeAsync());
            throw;
        }
    }

    /// <summary>Starts a run of a plan; people answer what it asks as it asks.</summary>
    public async Task<long> StartRunAsync(string plan, long? closes = null, RunMode mode = RunMode.Live) =>
        await Drills.StartAsync(new StartRequest(plan, mode, "test", Person("requester")) { Closes = closes }, default) switch
        {
            StartResult.Started started => started.Run,
            var refused => throw new InvalidOperationException(refused.ToString()),
        };

    /// <summary>Waits until a run is closed, or waits for something no robot answers.</summary>
    public async Task<RunView> EndOfAsync(long run, TimeSpan? patience = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var view = (await Drills.ShowAsync(run, default))!;
            if (view.ClosedAt is not null)
            {
                return view;
            }

            if (TimeProvider.System.GetElapsedTime(began) > (patience ?? TimeSpan.FromSeconds(90)))
            {
                throw new TimeoutException($"run {run} stands at '{view.Phase}', waiting for '{view.WaitingFor}': {string.Join("; ", view.Steps.Select(step => $"{step.Name} {step.State} {step.Detail}"))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Waits until a step of a run is in one of the states.</summary>
    public async Task<StepView> StepAsync(long run, string step, params string[] states)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var view = (await Drills.ShowAsync(run, default))!;
            var found = view.Steps.Single(one => one.Name == step);
            if (states.Contains(found.State))
            {
                return found;
            }

            if (view.ClosedAt is not null || TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"step {step} of run {run} is {found.State}: {found.Detail}; the run is {view.Outcome}: {view.Failure}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>
    /// How often acknowledged rows of one side follow those of the other, by the moment they were acknowledged: one more than the switches would mean that both accepted writes.
    /// </summary>
    public int ChangesOfSide()
    {
        var rows = AtPrimary.Acknowledged.Select(row => (row.At, AtPrimary.Side)).Concat(AtDr.Acknowledged.Select(row => (row.At, AtDr.Side))).OrderBy(row => row.At).ToList();
        return rows.Zip(rows.Skip(1)).Count(pair => pair.First.Side != pair.Second.Side);
    }

    /// <summary>What the journal of a run says of its steps, for those who want to see more than the view.</summary>
    public Task<IReadOnlyList<JournalEntry>> JournalAsync(long run) => Engine.GetRequiredService<IDrillJournal>().ReadAsync(run, 0, default);

    /// <summary>The approver's word that a duty which a run left is done.</summary>
    public Task<AnswerResult> SettleAsync(long run, string step, string reason) => Drills.SettleDutyAsync(run, step, Person("chen"), reason, default);

    public async ValueTask DisposeAsync()
    {
        if (AtPrimary is not null)
        {
            await AtPrimary.DisposeAsync();
            await AtDr.DisposeAsync();
        }

        await StopEngineAsync();
        await FrontDoor.DisposeAsync();
        await Primary.DisposeAsync();
        for (var tries = 1; Directory.Exists(_folder); tries++)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException) when (tries < 100)
            {
                // A carrier that was cut off writes its last line.
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    internal Person Person(string id) => Engine.GetRequiredService<EstateHolder>().Current.FindPerson(id)!;

    private async Task OpenAsync(string[] plans, int confirmations)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "estate", "estate.yaml"), EstateText(plans, confirmations));
        await StartEngineAsync(Crash);
        await RecordRestoreCheckAsync();
        (AtPrimary, AtDr) = (new LabWriter(Primary, "primary"), new LabWriter(Dr, "dr"));
        await AtPrimary.WaitForAsync(20);
        await Engine.GetRequiredService<IServiceWatch>().WaitForAsync("ledger-posting", IntervalState.Up, DateTimeOffset.MinValue, default).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
    }

    /// <summary>A restore check that passed, as the gate <c>backups-verified</c> finds it on record. A whole one takes a place to restore to.</summary>
    private async Task RecordRestoreCheckAsync()
    {
        var journal = Engine.GetRequiredService<SqlDrillJournal>();
        var opened = new JsonObject { ["plan"] = "restore-check", ["planFile"] = "", ["planHash"] = "", ["mode"] = "live", ["kind"] = "restore", ["strength"] = "sandbox", ["systems"] = new JsonArray("ledger"), ["requester"] = "requester" };
        var run = (await journal.OpenAsync("requester", [], opened, [], default)).Run!.Value;
        await journal.ClaimAsync(run, "lab", (_, _) => [new JournalDraft(JournalKinds.Closed, "system", new JsonObject { ["outcome"] = "passed" })], default);
    }

    /// <summary>The engine's process is over, as after SIGKILL at the journal write that <see cref="Crash"/> named; another one begins on the same files.</summary>
    public async Task RestartEngineAsync()
    {
        await StopEngineAsync();
        await StartEngineAsync(null);
        foreach (var run in await Engine.GetRequiredService<IRunCarrier>().OpenRunsAsync(default))
        {
            Engine.GetRequiredService<IRunQueue>().Enqueue(run);
        }
    }

    private async Task StopEngineAsync()
    {
        foreach (var service in Enumerable.Reverse(_running))
        {
            await service.StopAsync(default);
        }

        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        (_running, _engine) = ([], null);
    }

    private async Task StartEngineAsync(Func<JournalDraft, bool, bool>? crash)
    {
        _engine = Build(crash);
        new Migrator(Engine.GetRequiredService<Database>()).Run();
        switch (EstateLoader.Load(Path.Combine(_folder, "estate"), Engine.GetRequiredService<IStepKindCatalog>(), Runbooks))
        {
            case EstateLoadResult.Refused refused:
                throw new InvalidOperationException(string.Join('\n', refused.Errors));
            case EstateLoadResult.Loaded loaded:
                await Engine.GetRequiredService<DecidingSubjects>().PutInForceAsync(loaded.Estate, default);
                Engine.GetRequiredService<EstateHolder>().Swap(loaded.Estate);
                Engine.GetRequiredService<PlanLibrary>().Swap(loaded.Plans);
                break;
        }

        _running = [.. Engine.GetServices<IHostedService>()];
        foreach (var service in _running)
        {
            await service.StartAsync(default);
        }

        foreach (var (system, site) in await Engine.GetRequiredService<IDrillJournal>().ServingSitesAsync(default))
        {
            Engine.GetRequiredService<ServingSites>().Moved(system, site);
        }
    }

    private ServiceProvider Build(Func<JournalDraft, bool, bool>? crash)
    {
        var data = Path.Combine(_folder, "data");
        return new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(new ProcessClock(TimeProvider.System))
            .AddSingleton<Database>(_ => new SqliteDatabase(Path.Combine(data, "dro.db")))
            .AddSingleton<WriteGate>()
            .AddSingleton(new EstateHolder(Estate.None))
            .AddSingleton(new PlanLibrary(new Dictionary<string, Plan>()))
            .AddSingleton<IPlans>(provider => provider.GetRequiredService<PlanLibrary>())
            .AddSingleton(new AllowedCommands([HostProgram]))
            .AddEvidence(data)
            .AddSpool(data)
            .AddProbes()
            .AddAvailability()
            .AddRecoveryPoints()
            .AddKubernetes()
            .AddCredentials()
            .AddDrills()
            .AddSingleton<SqlDrillJournal>()
            .AddSingleton<IDrillJournal>(provider => new DyingJournal(provider.GetRequiredService<SqlDrillJournal>(), crash))
            .AddSingleton<IHostApplicationLifetime, Microsoft.Extensions.Hosting.Internal.ApplicationLifetime>()
            .AddSingleton<IRunQueue>(provider => new Carrier(this, provider))
            .BuildServiceProvider();
    }

    /// <summary>The one program that the engine may start: a way to the servers' hosts, and, where its first argument is <c>--scratch</c>, to a place where backups are restored.</summary>
    public static string HostProgram { get; } = CopyHostProgram();

    private string EstateText(string[] plans, int confirmations) => new PairEstate(Primary, Dr, HostProgram, FrontDoor.Port)
    {
        Plans = plans,
        ProbeInterval = _probeInterval,
        ProbeTimeout = _probeInterval is "200ms" ? "190ms" : "450ms",
        Confirmations = confirmations,
    }.ToString();

    /// <summary>A copy that only its owner may write, as the server asks of a program.</summary>
    private static string CopyHostProgram()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "work");
        Directory.CreateDirectory(folder);
        return PairEstate.WriteHostProgram(Path.Combine(folder, $"postgres-host-{Environment.ProcessId}.sh"), Path.Combine(Runbooks, "postgres-host.sh"));
    }

    private static string FindRunbooks()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "runbooks") is var runbooks && File.Exists(Path.Combine(runbooks, "postgres-host.sh")))
            {
                return runbooks;
            }
        }

        throw new InvalidOperationException("no folder 'runbooks' above the tests");
    }

    /// <summary>Carries a run at once; what it asks, people answer at once.</summary>
    private sealed class Carrier(PostgresLab lab, IServiceProvider provider) : IRunQueue
    {
        public void Enqueue(long run, bool real = false) => _ = Task.Run(() => CarryAsync(run));

        public void EnqueueAfter(long run, TimeSpan delay, bool real = false) => _ = Task.Run(async () =>
        {
            await Task.Delay(delay, TimeProvider.System);
            await CarryAsync(run);
        });

        private async Task CarryAsync(long run)
        {
            try
            {
                await provider.GetRequiredService<IRunCarrier>().CarryAsync(run, default);
                var drills = provider.GetRequiredService<IDrills>();
                foreach (var item in (await drills.PendingAsync(null, default)).Where(item => item.Run == run && item.Kind is not ("resume" or "retry" or "step-observation") && (lab.Unanswered is null || !item.Name.StartsWith(lab.Unanswered, StringComparison.Ordinal))))
                {
                    await drills.AnswerAsync(run, item.Name, lab.Person(Robots[item.Role]), confirmed: true, item.Kind is "gate-override" ? "the primary is gone" : null, default);
                }
            }
            catch (Exception exception) when (exception is ObjectDisposedException or DyingJournal.Killed or Microsoft.Data.Sqlite.SqliteException)
            {
                // The lab is being taken down.
            }
        }
    }
}
