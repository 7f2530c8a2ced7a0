using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Availability.Planned;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Compliance;

/// <summary>The clock of an outage begins with whatever decides that there is one: a probe, or a floor that says it is an interruption.</summary>
public sealed class RunningClockTests : IServiceWatch, IServingSites, IExposures, IDemonstratedRecords, IStepHistory, IAssessedChanges, IPlans, ICurrentFingerprints, IProbeMinutes, IExposureWindows, IVantageRoll, IDisposable
{
    private const string Probe = "ledger-posting";
    private const string Success = Probe + "#success";
    private const string Latency = Probe + "#latency";
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly EstateFolderBuilder _folder = new();
    private readonly MemoryTimelineStore _store = new();
    private readonly ProcessClock _clock = new(new FakeTimeProvider(At(100)));
    private readonly Dictionary<string, ServiceState> _now = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_InterruptingFloorBroken_ClockRunsFromItAndAnAlertIsDue()
    {
        await ChangeAsync(Probe, (-60, IntervalState.Up));
        await ChangeAsync(Success, (-60, IntervalState.Up), (40, IntervalState.Down));

        var status = await StatusAsync();

        status.State.Should().Be(IntervalState.Down);
        status.Recovery.Running!.Since.Should().Be(At(39.9), "the last moment it was surely above the floor");
        status.Recovery.Running.Elapsed.Should().Be(_clock.Now - At(39.9));
        AlertConditions.Of(status, _ => false).Should().Contain(alert => alert.Kind == AlertKinds.Interruption);
    }

    [Fact]
    public async Task ReadAsync_FloorThatOnlyDegradesBroken_NoClockRuns()
    {
        await ChangeAsync(Probe, (-60, IntervalState.Up));
        await ChangeAsync(Latency, (-60, IntervalState.Up), (40, IntervalState.Degraded));

        var status = await StatusAsync();

        (status.State, status.Recovery.Running).Should().Be((IntervalState.Degraded, null));
    }

    [Fact]
    public async Task ReadAsync_ProbeWentFirstAndIsBackWhileTheFloorIsBroken_ClockRunsFromTheProbe()
    {
        await ChangeAsync(Probe, (-60, IntervalState.Up), (20, IntervalState.Down), (50, IntervalState.Up));
        await ChangeAsync(Success, (-60, IntervalState.Up), (40, IntervalState.Down));

        (await StatusAsync()).Recovery.Running!.Since.Should().Be(At(19.9), "the service has not been up since");
    }

    [Fact]
    public async Task ReadAsync_InterruptionBeforeThatIsOver_IsNotCounted()
    {
        await ChangeAsync(Probe, (-60, IntervalState.Up), (10, IntervalState.Down), (30, IntervalState.Up));
        await ChangeAsync(Success, (-60, IntervalState.Up), (40, IntervalState.Down));

        (await StatusAsync()).Recovery.Running!.Since.Should().Be(At(39.9));
    }

    [Fact]
    public async Task ReadAsync_NeverSeenUp_ClockRunsFromTheFirstLook()
    {
        await ChangeAsync(Probe, (70, IntervalState.Down));

        (await StatusAsync()).Recovery.Running!.Since.Should().Be(At(69.9), "nobody looked before");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(11, true)]
    public async Task ReadAsync_ServiceTimePolicy_DecidesTheYearOnlyWhereItSpeaksForAllOfIt(int month, bool late)
    {
        var calendar = new ServiceCalendar("day", "UTC", Enum.GetValues<DayOfWeek>().ToDictionary(day => day, _ => (IReadOnlyList<ServiceHours>)[new(TimeSpan.FromHours(8), TimeSpan.FromHours(18))]), new Dictionary<DateOnly, IReadOnlyList<ServiceHours>>());
        var stated = new Attestation(AttestedStatement.ServiceTimeBasis, "li", "wang", "policy 5", new DateOnly(2026, month, 1), new DateOnly(2026, 12, 31), null);

        var status = await StatusAsync(estate => estate with
        {
            ServiceCalendars = [calendar], Attestations = [stated], Systems = [.. estate.Systems.Select(system => system with { ServiceCalendar = "day" })],
        });

        var verdict = status.Verdicts.Single(one => one.Subject == "availability");
        verdict.Limit.EndsWith("by policy 5 of the whole estate, approved by wang", StringComparison.Ordinal).Should().Be(!late);
        (verdict.Note?.Contains("policy 5 of the whole estate, approved by wang, speaks only from 2026-11-01 on", StringComparison.Ordinal) == true).Should().Be(late);
    }

    public ServiceState Current(string probe) => _now.GetValueOrDefault(probe) ?? new ServiceState(IntervalState.Unknown, default, null, null, "never observed", null);

    public IReadOnlyList<ProbeResult> Recent(string probe) => [];

    public Task<ProbeResult> LookNowAsync(string probe, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ServiceState> WaitForAsync(string probe, IntervalState state, DateTimeOffset confirmedAfter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public string ServingSiteOf(string system) => "primary";

    Exposure? IExposures.Current(string system, string standby) => null;

    public IReadOnlyList<Exposure> All(string system, string standby) => [];

    public Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<DemonstratedRecord>> IDemonstratedRecords.ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DemonstratedRecord>>([]);

    Task<IReadOnlyList<PastRun>> IStepHistory.ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PastRun>>([]);

    Task<IReadOnlyList<ChangeAssessment>> IAssessedChanges.ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ChangeAssessment>>([]);

    IReadOnlyList<Plan> IPlans.All => [];

    public Plan? Find(string name) => null;

    public IReadOnlyDictionary<string, string> Now(string plan) => new Dictionary<string, string>();

    public DateTimeOffset? FirstOther(string plan, string part, string was, DateTimeOffset after) => null;

    Task<IReadOnlyList<ProbeMinute>> IProbeMinutes.ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ProbeMinute>>([]);

    IReadOnlyList<VantageStanding> IVantageRoll.Read() => [];

    public Task<ProbeSpan> SumAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ExposureWindow Window(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit) => throw new NotSupportedException();

    public IReadOnlyList<ExposureBucket> Series(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan step) => throw new NotSupportedException();

    public IReadOnlyList<SynchronyInterval> Synchrony(string system, string standby, DateTimeOffset from, DateTimeOffset to) => [];

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private async Task<SystemStatus> StatusAsync(Func<Estate, Estate>? with = null)
    {
        var good = (with ?? (estate => estate))(_folder.LoadGood().Estate);
        LqaFloor[] floors = [new(LqaKind.Success, 0.9, null, TimeSpan.FromMinutes(1), IsInterruption: true), new(LqaKind.Latency, 0.95, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), IsInterruption: false)];
        var holder = new EstateHolder(good with { Probes = [.. good.Probes.Select(probe => probe.Name == Probe ? probe with { Floors = floors } : probe)] });
        using var live = new Timeline(_store, _clock, NullLogger<Timeline>.Instance);
        await live.LoadAsync(default);
        using var reader = new LedgerReader(_store, new LiveSubjects(live), _clock);
        using var history = new QosHistory(holder, this, _clock, NullLogger<QosHistory>.Instance);
        var availability = new SystemAvailability(holder, new DecidingSubjects(new MemoryDecidingStore(), _clock), reader, new MemoryMaintenanceStore());
        var statuses = new SystemStatuses(
            holder, this, this, availability, this, new RecoveryReader(this, this, this, this, this), new StandbyWatch(holder, this, this, _clock), new QosWatch(holder, this, _clock, NullLogger<QosWatch>.Instance), history, new IntervalHashes(availability, _clock), this, _clock);
        return (await statuses.ReadAsync(default)).Single(status => status.Name == "ledger");
    }

    /// <summary>On disk, and as the newest state of what is live.</summary>
    private async Task ChangeAsync(string subject, params (double Second, IntervalState State)[] changes)
    {
        List<TimelineChange> rows = [.. changes.Select(change => new TimelineChange(subject, change.State, new Edge(At(change.Second - 0.1), At(change.Second), At(change.Second + 0.1)), "why"))];
        await _store.SaveAsync(new TimelineBatch(rows, [], [new ObservedUntil(subject, At(100), At(99), At(99))]), default);
        _now[subject] = new ServiceState(rows[^1].State, rows[^1].At, null, null, "why", null);
    }
}
