using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Drills;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Calendars;

/// <summary>The calendar's own parts over a real SQLite file and a clock a test moves; what they open runs with is a fake that keeps the requests.</summary>
internal sealed class CalendarBench : IDisposable
{
    public static readonly DateTimeOffset Eight = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly StoredEvidence _stored = new SqliteEvidence();
    private readonly TaskCompletionSource _gateAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CalendarBench()
    {
        Clock = new ProcessClock(_stored.Time);
        Estate = new Estate("bank", "", "", false, [], [], [], [], [], [DrillBench.Operator], [], []);
    }

    public FakeTimeProvider Time => _stored.Time;

    public ProcessClock Clock { get; private set; }

    public Estate Estate { get; set; }

    public List<GateResult> Gates { get; } = [];

    public Exception? GatesThrow { get; set; }

    /// <summary>Never set: a gate that hangs.</summary>
    public Task GatesWait { get; set; } = Task.CompletedTask;

    /// <summary>Ends once a gate waits for <see cref="GatesWait"/>.</summary>
    public Task GateAsked => _gateAsked.Task;

    public RecordedStarts Drills { get; } = new();

    public IFireLedger Ledger => new SqlFireLedger(_stored.Database, _stored.Gate, _stored.Store, Clock);

    public MissedFires Missed => new(new EstateHolder(Estate), Plans, Ledger, Clock, NullLogger<MissedFires>.Instance);

    public ScheduledDrills Scheduled => new(new EstateHolder(Estate), Plans, Drills, Ledger, Clock);

    public ScheduledGates GatesWork => new(new EstateHolder(Estate), Plans, new PlanGates(new GateKinds([new Gate(this)]), Time), Ledger, Clock);

    public CalendarBoard Board => new(new EstateHolder(Estate), Plans, Ledger, Drills, Clock);

    public CalendarFiring Firing => new(new EstateHolder(Estate), [Scheduled, GatesWork], Missed, Board, Clock);

    public IPlans Plans { get; } = new OnePlan();

    public static CalendarEntry Drill(string cron = "0 0 8 * * ?", string name = "daily") =>
        new(name, "drill", "", "failover", cron, "UTC", TimeSpan.Zero) { Mode = "live", Requester = "li-wei" };

    public static CalendarEntry GatesEntry(string cron = "0 0 8 * * ?") => new("gates", "gates", "", "failover", cron, "UTC", TimeSpan.Zero);

    /// <summary>The server is gone for a while; another process comes back with a clock of its own.</summary>
    public void DownFor(TimeSpan time)
    {
        Time.Advance(time);
        _stored.Restart();
        Clock = new ProcessClock(Time);
    }

    public async Task<IReadOnlyList<EvidenceRecord>> RecordsAsync(string kind) => [.. (await _stored.Store.ReadAsync(null, 0, 1000, default)).Where(record => record.Kind == kind)];

    public void Dispose() => _stored.Dispose();

    private sealed class OnePlan : IPlans
    {
        public IReadOnlyList<Plan> All { get; } =
        [
            new(
                "failover", "failover.yaml", new string('b', 64), "1", new Dictionary<string, string>(), DrillKind.Failover, [RunMode.Live], ["ledger"], ["author"],
                new PlanContents(new Dictionary<string, string>(), ""), [new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1))], [new PlanCheck("gate", StepParameters.None)], [], [], []),
        ];
    }

    private sealed class Gate(CalendarBench bench) : IGateKind
    {
        public StepKindShape Shape { get; } = new("gate", StepEffect.None, false, "", [], []);

        public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
        {
            var wait = bench.GatesWait.WaitAsync(cancellationToken);
            bench._gateAsked.TrySetResult();
            await wait;
            return bench.GatesThrow is { } thrown ? throw thrown : bench.Gates;
        }
    }

    /// <summary>Takes requests and answers what a test says.</summary>
    internal sealed class RecordedStarts : IDrills
    {
        public List<StartRequest> Requests { get; } = [];

        public List<RunView> Runs { get; } = [];

        public StartResult Answer { get; set; } = new StartResult.Started(1);

        public Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            return Task.FromResult(Answer);
        }

        public Task<IReadOnlyList<RunView>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RunView>>(Runs);

        public Task<AnswerResult> AnswerAsync(long run, string item, Person person, bool confirmed, string? note, RawOutput? attachment, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AnswerResult> OrderAsync(long run, RunOrder order, Person person, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AnswerResult> ReviewAsync(long run, Person person, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AnswerResult> SettleDutyAsync(long run, string fence, Person person, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RunView?> ShowAsync(long run, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PendingItem>> PendingAsync(Person? person, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<RunEvent> WatchAsync(long run, long afterSequence, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
