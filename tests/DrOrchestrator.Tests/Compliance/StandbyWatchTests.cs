using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Compliance;

public sealed class StandbyWatchTests : IExposures, IExposureWindows, ISystemStatuses, IProbeMinutes, IAlerts
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero));
    private bool _away;
    private string? _unreadable;
    private readonly List<Alert> _cleared = [];
    private int _statusesRead;
    private SystemStatus? _status;

    [Fact]
    public void Of_NothingReadForTwoMinutes_IsNotKnownAnyMore()
    {
        var watch = Watch();
        watch.Look(default);
        _away = true;

        watch.Of("ledger", "dr").Should().NotBeNull();
        _time.Advance(TimeSpan.FromMinutes(2));
        watch.Of("ledger", "dr").Should().NotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));

        ((Action)(() => watch.Look(default))).Should().Throw<InvalidOperationException>();
        watch.Of("ledger", "dr").Should().BeNull();
    }

    [Fact]
    public async Task LookAsync_StandbysCannotBeAddedUp_EveryOtherAlertGoesOn()
    {
        _away = true;
        var (standbys, clock) = (Watch(), new ProcessClock(_time));
        using var alerts = new AlertWatch(this, Qos(Estate()), standbys, this, [], new AlertFeed(), clock, NullLogger<AlertWatch>.Instance);

        await alerts.LookAsync(default);

        _statusesRead.Should().Be(1);
    }

    [Fact]
    public async Task LookAsync_NothingMeasuredAnyMore_ClearsNoAlertUntilItIsMeasuredAgain()
    {
        var (clock, t0) = (new ProcessClock(_time), _time.GetUtcNow());
        using var alerts = new AlertWatch(this, Qos(Estate()), Watch(), this, [], new AlertFeed(), clock, NullLogger<AlertWatch>.Instance);
        QosStatus Measured(double? success) => new(null, [], [new QosRow("success", "percent", null, null, 99, success, false, success < 99)], false);
        _status = new SystemStatus(
            "ledger", new Dictionary<string, string>(), "Operations", 4, null, "primary", IntervalState.Up, t0, "HTTP 201", 12, [],
            AvailabilityFigures.Of(new Downtime(t0.AddYears(-1), t0, default, default, default, default, default, default)), [], []) { Qos = Measured(null) };

        await LookForAsync(minutes: 60);
        _cleared.Should().BeEmpty();
        _status = _status with { Qos = Measured(99.5) };
        await LookForAsync(minutes: 6);
        _cleared.Should().ContainSingle().Which.Subject.Should().Be("success");

        async Task LookForAsync(int minutes)
        {
            for (var minute = 0; minute < minutes; minute++)
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                await alerts.LookAsync(default);
            }
        }
    }

    [Fact]
    public async Task LookAsync_ProbeCannotBeRead_OnlyItsSystemIsNotAddedUp()
    {
        var good = Estate();
        var first = good.Systems[0];
        var probes = good.CriticalProbesOf(first);
        var estate = good with
        {
            Systems = [first, first with { Name = "behind" }],
            Probes = [.. good.Probes, .. probes.Select(probe => probe with { Name = $"behind-{probe.Name}", System = "behind" })],
        };
        var qos = Qos(estate);
        await qos.LookAsync(default);
        _unreadable = probes[0].Name;
        for (var minute = 0; minute < 3; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await qos.LookAsync(default);
        }

        qos.Of(first.Name).Should().BeNull();
        qos.Of("behind")!.To.Should().Be(_time.GetUtcNow());
        _unreadable = null;
        await qos.LookAsync(default);
        qos.Of(first.Name)!.To.Should().Be(_time.GetUtcNow());
    }

    Task<IReadOnlyList<SystemStatus>> ISystemStatuses.ReadAsync(CancellationToken cancellationToken)
    {
        _statusesRead++;
        return Task.FromResult<IReadOnlyList<SystemStatus>>(_status is null ? [] : [_status]);
    }

    public Task<IReadOnlyList<Interval>> TimelineAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<ProbeMinute>> IProbeMinutes.ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        probe == _unreadable ? throw new IOException("unreadable") : Task.FromResult<IReadOnlyList<ProbeMinute>>([]);

    public Task<ProbeSpan> SumAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<Alert>> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Alert>>([new(1, AlertKinds.BelowLqa, "ledger", "success", "critical", "success is 90%; LQA is 99%", _time.GetUtcNow(), null)]);

    public Task<IReadOnlyList<Alert>> RecentAsync(int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<Alert>> RecordAsync(IReadOnlyList<AlertCondition> raised, IReadOnlyList<Alert> cleared, DateTimeOffset at, CancellationToken cancellationToken)
    {
        _cleared.AddRange(cleared);
        return Task.FromResult<IReadOnlyList<Alert>>([]);
    }

    public Exposure? Current(string system, string standby) => standby == "dr"
        ? new(system, standby, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, ReplicationState.Protected, _time.GetUtcNow(), _time.GetUtcNow(), "")
        : null;

    public Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ExposureWindow Window(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit) =>
        _away ? throw new InvalidOperationException("the database is away") : new ExposureWindow(from, to, 0, 0, 0, 0, 0, 0, 0, 0, 0, from);

    public IReadOnlyList<ExposureBucket> Series(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan step) => [];

    public IReadOnlyList<SynchronyInterval> Synchrony(string system, string standby, DateTimeOffset from, DateTimeOffset to) => [];

    private StandbyWatch Watch() => new(new EstateHolder(Estate()), this, this, new ProcessClock(_time));

    private QosWatch Qos(Estate estate) => new(new EstateHolder(estate), this, new ProcessClock(_time), NullLogger<QosWatch>.Instance);

    private static Estate Estate()
    {
        using var folder = new EstateFolderBuilder();
        return folder.LoadGood().Estate;
    }
}
