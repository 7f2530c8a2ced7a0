using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.RecoveryPoints;

/// <summary>A system with a standby that follows and with backups, at the same site.</summary>
public sealed class SeveralRecoveryPointsTests : IServingSites, IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly RecoveryPointDefinition Backups = new(
        "backups", "s", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5), new PgBackRestPointSettings("dr", "/p", "main", null, null, "log", 16));

    private static readonly RecoveryPointDefinition Log = new(
        "log", "s", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), new PositionsSettings(new Dictionary<string, Uri> { ["primary"] = new("http://p/"), ["dr"] = new("http://d/") }));

    private readonly FakeTimeProvider _time = new(T0);
    private readonly TemporaryDatabase _temporary = new();
    private readonly ExposureHistory _history;
    private readonly Exposures _exposures;
    private MomentResult _backup = new MomentResult.Failed(T0, "no answer");
    private long _position = 100;

    public SeveralRecoveryPointsTests()
    {
        var clock = new ProcessClock(_time);
        _history = new ExposureHistory(new SqlExposureStore(_temporary.Database, _temporary.Gate), new SqlSynchronyStore(_temporary.Database, _temporary.Gate));
        var kinds = new RecoveryPointKinds([new Positions(this, clock)], [new Moments(this)]);
        _exposures = new Exposures(new EstateHolder(Estate.None with { RecoveryPoints = [Backups, Log] }), this, kinds, _history, clock);
    }

    public string Serving { get; set; } = "primary";

    public string ServingSiteOf(string system) => Serving;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Current_FollowingStandbyAndBackups_IsTheStandbyAndHistoryKeepsItsExposure()
    {
        _backup = new MomentResult.Read(T0, T0.AddHours(-3), "backup 7");
        await _exposures.ReadAsync(Backups, default);
        await _exposures.ReadAsync(Log, default);

        _exposures.Current("s", "dr").Should().BeEquivalentTo(new { RecoveryPoint = "log", Value = TimeSpan.Zero });
        _exposures.All("s", "dr").Select(e => (e.RecoveryPoint, e.Mechanism)).Should().Equal(("log", CopyMechanism.Continuous), ("backups", CopyMechanism.Periodic));
        _history.Worst("s", "dr", T0, T0.AddSeconds(1)).WorstSeconds.Should().Be(0);
        _exposures.All("s", "primary").Should().BeEmpty("it serves");
    }

    [Fact]
    public async Task ReadAsync_BackupWithTheLogBehindIt_IsAsYoungAsTheArchivedLog()
    {
        await _exposures.ReadAsync(Log, default);
        _time.Advance(TimeSpan.FromMinutes(10));
        _position = 200;
        await _exposures.ReadAsync(Log, default);
        _time.Advance(TimeSpan.FromMinutes(5));
        var now = T0.AddMinutes(15);

        _backup = Backup(150);
        (await _exposures.ReadAsync(Backups, default)).Single().Should().BeEquivalentTo(new { Value = TimeSpan.FromMinutes(15), Represents = T0, Reason = "the newest copy that counts is backup 7 with the log archived behind it" });
        _backup = Backup(200);
        (await _exposures.ReadAsync(Backups, default)).Single().Value.Should().Be(TimeSpan.FromMinutes(5), "200 was where the log stood then");
        _backup = Backup(50);
        (await _exposures.ReadAsync(Backups, default)).Single().Value.Should().Be(TimeSpan.FromMinutes(75), "that was before anybody watched");
        _backup = Backup(150, epoch: 2);
        (await _exposures.ReadAsync(Backups, default)).Single().Value.Should().Be(TimeSpan.FromMinutes(75), "another timeline does not compare");

        MomentResult.Read Backup(long position, long epoch = 1) => new(now, T0.AddHours(-1), "backup 7") { LogEnd = new LogEnd("log", epoch, position) };
    }

    [Fact]
    public async Task ReadAsync_CopyAtTheServingSite_ProtectsFromNothing()
    {
        Serving = "dr";

        (await _exposures.ReadAsync(Backups, default)).Should().BeEmpty();
    }

    private sealed class Positions(SeveralRecoveryPointsTests test, ProcessClock clock) : ILogPositionReader
    {
        public string Kind => "positions";

        public Task<PositionResult> ReadAsync(RecoveryPointDefinition definition, string site, CancellationToken cancellationToken) => Task.FromResult<PositionResult>(
            new PositionResult.Read(site, clock.Now, clock.Now, site == "primary" ? "primary" : "standby", 1, test._position, test._position, true));
    }

    private sealed class Moments(SeveralRecoveryPointsTests test) : IMomentReader
    {
        public string Kind => "pgbackrest";

        public Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken) => Task.FromResult(test._backup);
    }
}
