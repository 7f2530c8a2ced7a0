using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Commands;
using DrOrchestrator.Credentials;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Tiers;
using DrOrchestrator.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DrOrchestrator.Tests.Drills;

/// <summary>The real engine on a real SQLite journal; step kinds are scripted, and a process can be "killed" at any journal write and started again on the same file.</summary>
internal sealed class DrillBench : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));
    private readonly List<PlanStep> _steps = [];
    private readonly List<PlanStep> _wayBack = [];
    private ServiceProvider? _process;

    public DrillBench() => Directory.CreateDirectory(_folder);

    public World World { get; } = new();

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public List<PlanApproval> Approvals { get; } = [];

    public List<PlanCheck> Gates { get; } = [];

    public List<Freeze> Freezes { get; } = [];

    public bool GatePasses { get; set; } = true;

    /// <summary>What the gate finds.</summary>
    public string GateValue { get; set; } = "3 s";

    public Exception? GateThrows { get; set; }

    public int GateRounds { get; private set; }

    /// <summary>Null: the plan has no steady-state check.</summary>
    public bool? Serves { get; set; }

    /// <summary>A bug of the engine, or a store that is away, in the middle of a run.</summary>
    public Exception? SteadyThrows { get; set; }

    /// <summary>False: other processes may carry runs too, as on PostgreSQL.</summary>
    public bool OthersAreDead { get; set; } = true;

    public string PlanText { get; set; } = "plan: plan";

    public List<PlanGuardrail> Guardrails { get; } = [];

    public bool Sandbox { get; set; }

    /// <summary>What is read of the standbys; null where nobody reads.</summary>
    public IExposures? Exposures { get; set; }

    /// <summary>Tokens on record; null where none are kept.</summary>
    public IPersonTokens? Tokens { get; set; }

    public List<ServiceEndpoint> Endpoints { get; } = [];

    public List<DatabaseDefinition> Databases { get; } = [];

    /// <summary>What the server's settings allow.</summary>
    public AllowedCommands Commands { get; set; } = AllowedCommands.None;

    /// <summary>Real kinds beside the scripted ones.</summary>
    public List<IStepKind> MoreKinds { get; } = [];

    /// <summary>The next plan of the bench begins with no steps.</summary>
    public void ForgetSteps()
    {
        _steps.Clear();
        _wayBack.Clear();
    }

    public SiteRole DrRole { get; set; } = SiteRole.SameCity;

    public DrillKind Kind { get; set; } = DrillKind.Failover;

    /// <summary>What the guardrail, and <c>verify:</c>, sees; true passes.</summary>
    public Func<bool> RailHolds { get; set; } = () => true;

    public int RailLooks { get; private set; }

    /// <summary>Set where a look of the rail gets no answer: the longest it may take.</summary>
    public TimeSpan? RailHangs { get; set; }

    public List<long> Queued { get; } = [];

    public ServiceProvider? SecondProcess { get; private set; }

    public List<(long Run, TimeSpan Delay)> Later { get; } = [];

    public CrashingJournal? Journal { get; private set; }

    public IDrills Drills => Process.GetRequiredService<IDrills>();

    public IDrillJournal Reading => Process.GetRequiredService<IDrillJournal>();

    public ServiceProvider Process => _process ??= Start(null);

    /// <summary>What is forecast of the plan; null where nobody forecasts.</summary>
    public IRunForecasts? Forecasts { get; set; }

    /// <summary>What the workers' queue throws; null while it works.</summary>
    public Exception? QueueFails { get; set; }

    public static Person Operator { get; } = new("li-wei", "Li Wei", "IT", [PersonRole.Operator, PersonRole.Approver], null, false);

    public static Person Colleague { get; } = new("wang", "Wang", "IT", [PersonRole.Operator], null, false);

    public static Person Approver { get; } = new("chen", "Chen", "IT", [PersonRole.Approver], null, false);

    public static Person Viewer { get; } = new("qian", "Qian", "IT", [PersonRole.Viewer], null, false);

    public static Person Other { get; } = new("zhao", "Zhao", "IT", [PersonRole.Approver], null, false);

    public DrillBench Step(string name, string kind = "act", bool pointOfNoReturn = false, int retries = 0, OnFailure? onFailure = null, Promotion? promotes = null, string[]? needs = null, bool wayBack = false, TimeSpan? timeout = null, string? with = null, bool verify = false, RehearsalTarget? rehearsal = null, string? site = "dr")
    {
        var list = wayBack ? _wayBack : _steps;
        var before = list.Count > 0 ? list[^1].Name : wayBack ? _steps[^1].Name : null;
        list.Add(new PlanStep(name, kind, new Dictionary<string, string>(), site, with is null ? StepParameters.None : new StepParameters(JsonNode.Parse(with)!.AsObject()), needs ?? (before is null ? [] : [before]), null, promotes, pointOfNoReturn, timeout ?? TimeSpan.FromSeconds(5), retries, onFailure)
        {
            Verify = verify ? [new PlanCheck("rail", StepParameters.None)] : [],
            Rehearsal = rehearsal,
        });
        return this;
    }

    /// <summary>Ends the "process" and starts another on the same files. <paramref name="crash"/> decides at which journal write it dies.</summary>
    public void Restart(Func<JournalDraft, bool, bool>? crash = null)
    {
        _process?.Dispose();
        _process = Start(crash);
    }

    /// <summary>Another process on the same database; the first one goes on.</summary>
    public ServiceProvider Second() => SecondProcess ??= Start(null);

    public async Task<long> OpenAsync(RunMode mode = RunMode.Live, long? closes = null)
    {
        var started = await Drills.StartAsync(new StartRequest("plan", mode, "because", Operator) { Closes = closes }, default);
        return started.Should().BeOfType<StartResult.Started>().Subject.Run;
    }

    /// <summary>A run that waits for <c>run-approval</c>, of a plan with that approval and one step; the people in force stay.</summary>
    public async Task<long> WaitForApprovalAsync(Person? requester = null, int quorum = 1, string role = "approver", RunMode mode = RunMode.Live)
    {
        if (Approvals.Count == 0)
        {
            Approvals.Add(new PlanApproval("run-approval", role, quorum, TimeSpan.FromMinutes(10)));
            if (_steps.Count == 0)
            {
                Step("one");
            }

            var estate = Process.GetRequiredService<EstateHolder>().Current;
            Restart();
            Process.GetRequiredService<EstateHolder>().Swap(estate);
        }

        var started = await Drills.StartAsync(new StartRequest("plan", mode, "because", requester ?? Operator), default);
        var run = started.Should().BeOfType<StartResult.Started>().Subject.Run;
        await CarryAsync(run);
        return run;
    }

    /// <summary>The last step declared is checked by a second person.</summary>
    public DrillBench Checked(string role, TimeSpan? within = null)
    {
        _steps[^1] = _steps[^1] with { Check = new StepCheck(role, $"is {_steps[^1].Name} right?", within ?? TimeSpan.FromHours(1)) };
        return this;
    }

    /// <summary>The last step declared acts on this site.</summary>
    public DrillBench At(string site)
    {
        _steps[^1] = _steps[^1] with { Site = site };
        return this;
    }

    /// <summary>A run of <c>mode: real</c>, straight in the journal.</summary>
    public async Task<long> OpenRealAsync(Action<JsonObject>? change = null)
    {
        var plan = Process.GetRequiredService<PlanLibrary>().All["plan"];
        var opened = new JsonObject
        {
            ["plan"] = plan.Name,
            ["planFile"] = plan.File,
            ["planHash"] = plan.Hash,
            ["planVersion"] = plan.Version,
            ["estateHash"] = "hash",
            ["mode"] = "real",
            ["kind"] = "failover",
            ["strength"] = "real",
            ["systems"] = new JsonArray("ledger"),
            ["requester"] = Operator.Id,
            ["requesterTokenMakers"] = new JsonArray(),
            ["authors"] = new JsonArray("author"),
            ["reason"] = "the site burns",
        };
        change?.Invoke(opened);
        return (await Reading.OpenAsync(Operator.Id, plan.Systems, opened, [new RawOutput(plan.File, "application/yaml", plan.Source.ToArray())], default)).Run!.Value;
    }

    /// <summary>Puts these people in force, as another version of the estate would.</summary>
    public void Have(params Person[] people)
    {
        var holder = Process.GetRequiredService<EstateHolder>();
        holder.Swap(holder.Current with { People = people });
    }

    public async Task<AnswerResult> OrderAsync(long run, RunOrder order, Person? by = null, string? reason = "smoke") => await Drills.OrderAsync(run, order, by ?? Colleague, reason, default);

    public Task CarryAsync(long run) => Process.GetRequiredService<IRunCarrier>().CarryAsync(run, default);

    public async Task<RunView> ShowAsync(long run) => (await Drills.ShowAsync(run, default))!;

    public async Task<IReadOnlyList<JournalEntry>> EntriesAsync(long run) => await Reading.ReadAsync(run, 0, default);

    public async ValueTask DisposeAsync()
    {
        if (SecondProcess is not null)
        {
            await SecondProcess.DisposeAsync();
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Start(Func<JournalDraft, bool, bool>? crash)
    {
        var planPath = Path.Combine(_folder, "plan.yaml");
        File.WriteAllText(planPath, "changed on disk: yes");
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(Microsoft.Extensions.Logging.Abstractions.NullLogger<>));
        services.AddSingleton(Time);
        services.AddSingleton(new ProcessClock(Time));
        services.AddSingleton<Database>(new SqliteDatabase(Path.Combine(_folder, "dro.db")));
        services.AddSingleton<WriteGate>();
        services.AddEvidence(_folder);
        services.AddDrills();
        services.AddSingleton(Commands);
        services.AddSingleton(new OwnerProof(OthersAreDead));
        services.RemoveAll<IStepKind>();
        services.RemoveAll<IGateKind>();
        services.RemoveAll<ISteadyStateKind>();
        services.AddSingleton<IStepKind>(new ScriptedStep("act", StepEffect.Reversible, World));
        services.AddSingleton<IStepKind>(new ScriptedStep("look", StepEffect.None, World));
        services.AddSingleton<IStepKind>(new ScriptedStep("burn", StepEffect.Irreversible, World));
        services.AddSingleton<IStepKind>(_ => DrOrchestrator.Drills.Steps.PersonStep.Task());
        services.AddSingleton<IStepKind>(new DrOrchestrator.Drills.Steps.Http.HttpStep(Time));
        MoreKinds.ForEach(kind => services.AddSingleton(kind));
        services.AddSingleton<IGateKind>(new ScriptedGate(this));
        services.AddSingleton<IGateKind>(new ScriptedRail(this));
        services.AddSingleton<ISteadyStateKind>(new ScriptedSteadyState(this));
        services.RemoveAll<IInterruptions>();
        services.AddSingleton<IInterruptions, NoInterruptions>();
        services.AddSingleton<IExposureHistory, NoHistory>();
        services.AddSingleton<ICanaries, NoCanaries>();
        services.AddSingleton<IWorkloadFingerprints>(World);
        services.AddSingleton<IDatabaseFacts>(World);
        services.AddSingleton<DrOrchestrator.Probes.IDatabaseVersions>(World);
        services.AddSingleton<IRunQueue>(new Queue(this));
        if (Forecasts is { } forecasts)
        {
            services.AddSingleton(forecasts);
        }

        if (Tokens is { } tokens)
        {
            services.AddSingleton(tokens);
        }

        if (Exposures is { } exposures)
        {
            services.AddSingleton(exposures);
        }

        services.AddSingleton(new EstateHolder(EstateOf(planPath) with { Databases = Databases }));
        services.AddSingleton(new PlanLibrary(new Dictionary<string, Plan> { ["plan"] = PlanOf() }));
        services.AddSingleton<SqlDrillJournal>();
        services.AddSingleton<IDrillJournal>(provider => Journal = new CrashingJournal(provider.GetRequiredService<SqlDrillJournal>(), crash));
        var process = services.BuildServiceProvider();
        new Migrator(process.GetRequiredService<Database>()).Run();
        return process;
    }

    private Plan PlanOf() => new(
        "plan", "plan.yaml", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(PlanText))), "1", new Dictionary<string, string>(), Kind, [RunMode.Tabletop, RunMode.Rehearsal, RunMode.Live, RunMode.Real], ["ledger"], ["author"],
        new PlanContents(new Dictionary<string, string>(), ""), Approvals, Gates, Serves is null ? [] : [new PlanCheck("service", StepParameters.None)], [.. _steps], [.. _wayBack])
    {
        Source = System.Text.Encoding.UTF8.GetBytes(PlanText),
        Guardrails = [.. Guardrails],
    };

    private Estate EstateOf(string planPath) => new(
        "test", _folder, "hash", Sandbox, [new Site("primary", SiteRole.Production, null, null, null), new Site("dr", DrRole, null, null, null), new Site("lab", SiteRole.Remote, null, null, null)],
        [new ProtectedSystem("ledger", new Dictionary<string, string>(), "IT", "x", [new ImpactRating(ImpactScope.FinancialRights, Severity.Moderate, "r", "s")], "primary", ["dr"], [], null, null, false, [])],
        Endpoints, [], [], [Operator, Approver, Other], [], [new PlanFile("plan.yaml", planPath)])
    {
        Freezes = Freezes,
    };

    private sealed class ScriptedGate(DrillBench bench) : IGateKind
    {
        public StepKindShape Shape { get; } = new("gate", StepEffect.None, false, "", [], []);

        public Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken) =>
            ++bench.GateRounds > 0 && bench.GateThrows is { } thrown ? throw thrown : Task.FromResult<IReadOnlyList<GateResult>>([new GateResult("gate dr", bench.GatePasses, bench.GateValue, "at most 1 s", "store dr", TimeSpan.Zero, "Wait.")]);
    }

    private sealed class ScriptedRail(DrillBench bench) : IGateKind
    {
        public StepKindShape Shape { get; } = new("rail", StepEffect.None, false, "", [], []);

        public TimeSpan Longest => bench.RailHangs ?? TimeSpan.FromSeconds(10);

        public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
        {
            bench.RailLooks++;
            if (bench.RailHangs is not null)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return [new GateResult("rail", bench.RailHolds(), "99 %", "at most 80 %", "load of dr", TimeSpan.FromSeconds(1), "")];
        }
    }

    private sealed class ScriptedSteadyState(DrillBench bench) : ISteadyStateKind
    {
        public StepKindShape Shape { get; } = new("service", StepEffect.None, false, "", [], []);

        public Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken) =>
            bench.SteadyThrows is { } thrown ? throw thrown : Task.FromResult<IReadOnlyList<GateResult>>([new GateResult("probe posting", bench.Serves == true, bench.Serves == true ? "up" : "down", "up", "probe", TimeSpan.Zero, "")]);
    }

    private sealed class NoInterruptions : IInterruptions
    {
        public Task<IReadOnlyList<Interruption>> ReadAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Interruption>>([]);
    }

    private sealed class NoHistory : IExposureHistory
    {
        public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to) => new(null, 0, 0, 0);

        public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan validity) => new(null, 0, 0, 0);
    }

    private sealed class Queue(DrillBench bench) : IRunQueue
    {
        public void Enqueue(long run, bool real = false)
        {
            if (bench.QueueFails is { } failure)
            {
                throw failure;
            }

            bench.Queued.Add(run);
        }

        public void EnqueueAfter(long run, TimeSpan delay, bool real = false) => bench.Later.Add((run, delay));
    }

    private sealed class NoCanaries : ICanaries
    {
        public Task StartAsync(CanaryLeg leg, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(long run, string leg, CancellationToken cancellationToken) => Task.CompletedTask;

        public string? FailureOf(long run, string leg) => null;

        public bool IsRunning(long run, string leg) => false;

        public Task<IReadOnlyList<Marker>> ReadAsync(long run, string leg, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Marker>>([]);

        public Task<(CanaryCount Count, byte[] RawSurvivors)> CountAsync(long run, string leg, string idPrefix, Uri survivorsUrl, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

/// <summary>A journal whose process dies before or after a write, as SIGKILL would.</summary>
internal sealed class CrashingJournal(IDrillJournal inner, Func<JournalDraft, bool, bool>? crash) : IDrillJournal
{
    public sealed class Killed : Exception;

    public bool Dead { get; private set; }

    public async Task<JournalEntry> AppendAsync(long run, long epoch, JournalDraft draft, CancellationToken cancellationToken)
    {
        Die(crash?.Invoke(draft, false) ?? false);
        var entry = await inner.AppendAsync(run, epoch, draft, cancellationToken);
        Die(crash?.Invoke(draft, true) ?? false);
        return entry;
    }

    public async Task<IReadOnlyList<JournalEntry>> AppendAllAsync(long run, long epoch, IReadOnlyList<JournalDraft> drafts, CancellationToken cancellationToken)
    {
        Die(drafts.Any(draft => crash?.Invoke(draft, false) ?? false));
        var entries = await inner.AppendAllAsync(run, epoch, drafts, cancellationToken);
        Die(drafts.Any(draft => crash?.Invoke(draft, true) ?? false));
        return entries;
    }

    public Task<OpenResult> OpenAsync(string actor, IReadOnlyList<string> systems, JsonObject opened, IReadOnlyList<RawOutput> objects, CancellationToken cancellationToken) =>
        inner.OpenAsync(actor, systems, opened, objects, cancellationToken);

    public Task<AnswerResult> AppendAnswerAsync(long run, JournalDraft draft, Func<IReadOnlyList<JournalEntry>, AnswerResult?> allow, CancellationToken cancellationToken) =>
        inner.AppendAnswerAsync(run, draft, allow, cancellationToken);

    /// <summary>Whose journal was read, oldest first.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<long> Reads { get; } = new();

    /// <summary>Once, behind the next read: what another process writes meanwhile.</summary>
    public Func<IDrillJournal, Task>? BehindNextRead { get; set; }

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(long run, long afterSequence, CancellationToken cancellationToken)
    {
        Reads.Enqueue(run);
        var lines = await inner.ReadAsync(run, afterSequence, cancellationToken);
        if (BehindNextRead is { } meanwhile)
        {
            BehindNextRead = null;
            await meanwhile(inner);
        }

        return lines;
    }

    public Task<IReadOnlyList<long>> RunsAsync(bool openOnly, CancellationToken cancellationToken) => inner.RunsAsync(openOnly, cancellationToken);

    public Task<LeaseClaim> ClaimAsync(
        long run, string owner, Func<LeaseClaim, IReadOnlyList<JournalEntry>, IReadOnlyList<JournalDraft>> first, CancellationToken cancellationToken) =>
        inner.ClaimAsync(run, owner, first, cancellationToken);

    public async Task<OpenResult> TakeLocksAsync(long run, long epoch, IReadOnlyList<string> systems, CancellationToken cancellationToken)
    {
        var draft = new JournalDraft(JournalKinds.Locked, "system", []);
        Die(crash?.Invoke(draft, false) ?? false);
        var locked = await inner.TakeLocksAsync(run, epoch, systems, cancellationToken);
        Die(locked.HeldBy is null && (crash?.Invoke(draft, true) ?? false));
        return locked;
    }

    public Task LetGoAsync(long run, long epoch, CancellationToken cancellationToken) => inner.LetGoAsync(run, epoch, cancellationToken);

    public Task RenewAsync(long run, long epoch, CancellationToken cancellationToken) => inner.RenewAsync(run, epoch, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> ServingSitesAsync(CancellationToken cancellationToken) => inner.ServingSitesAsync(cancellationToken);

    private void Die(bool now)
    {
        Dead |= now;
        if (Dead)
        {
            throw new Killed();
        }
    }
}
