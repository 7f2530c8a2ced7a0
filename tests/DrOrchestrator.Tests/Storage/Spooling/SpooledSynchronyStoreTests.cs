using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Testing.RecoveryPoints;
using static DrOrchestrator.Tests.Storage.Spooling.SpoolBench;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>The spool changes nothing while the database answers.</summary>
public sealed class SpooledSynchronyStoreTests : SynchronyStoreContract
{
    private readonly SpoolBench _bench = new();

    protected override ISynchronyStore Store => new SpooledSynchronyStore(_bench.DatabaseSynchrony, new Lazy<SpooledWrites>(_bench.Writes), Reads);

    protected override void Reopen() => _bench.Restart();

    public override void Dispose() => _bench.Dispose();
}

/// <summary>Nor for readers while everything that was written waits in it, also over a crash.</summary>
public sealed class WaitingSynchronyStoreTests : SynchronyStoreContract
{
    private readonly SpoolBench _bench = new() { Faults = _ => Fault.Lost };

    protected override ISynchronyStore Store => new SpooledSynchronyStore(_bench.DatabaseSynchrony, new Lazy<SpooledWrites>(_bench.Writes), Reads);

    protected override void Reopen() => _bench.Restart();

    public override void Dispose() => _bench.Dispose();
}

/// <summary>What a tier 6 proof rests on, while the database is away.</summary>
public sealed class SynchronyAwayTests : IDisposable
{
    private readonly SpoolBench _bench = new();
    private readonly SometimesAway _database;

    public SynchronyAwayTests() => _database = new SometimesAway(_bench.DatabaseSynchrony);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task SaveAsync_CrashWhileTheDatabaseIsAway_ArrivesOnceAfterTheRestart()
    {
        _bench.Faults = _ => Fault.Lost;
        await NewStore().SaveAsync([Stretch(0, 60)], default);
        await NewStore().SaveAsync([Stretch(0, 120), Stretch(121, 121, Synchrony.Asynchronous)], default);
        _bench.Restart();
        _bench.Faults = null;

        (await _bench.Writes.ReplayAsync(default)).Should().BeTrue();

        _bench.DatabaseSynchrony.Read("ledger", "dr", T0, T0.AddHours(1)).Should().Equal(Stretch(0, 120), Stretch(121, 121, Synchrony.Asynchronous));
    }

    [Fact]
    public async Task Read_DatabaseGoesAway_KeepsWhatItToldAndWhatWasWrittenSince()
    {
        var store = NewStore();
        await store.SaveAsync([Stretch(0, 60)], default);
        store.Read("ledger", "dr", T0.AddDays(-365), T0).Should().BeEmpty();
        await store.SaveAsync([Stretch(70, 75, Synchrony.Asynchronous)], default);
        (_database.IsAway, _bench.Faults) = (true, _ => Fault.Lost);
        await store.SaveAsync([Stretch(80, 90)], default);

        store.Read("ledger", "dr", T0.AddDays(-364), T0.AddHours(1)).Should()
            .Equal([Stretch(0, 60), Stretch(70, 75, Synchrony.Asynchronous), Stretch(80, 90)], "a lapse written a moment before the database went must not vanish from the proof");
    }

    [Fact]
    public void Read_DatabaseAwayAndNeverAsked_ThrowsRatherThanShowNoLapse()
    {
        _database.IsAway = true;

        var read = () => NewStore().Read("ledger", "dr", T0, T0.AddHours(1));

        read.Should().Throw<RecordsAwayException>();
    }

    private static SynchronyInterval Stretch(double from, double to, Synchrony state = Synchrony.Synchronous) => new("ledger", "dr", state, T0.AddSeconds(from), T0.AddSeconds(to), "why");

    private SpooledSynchronyStore NewStore() => new(_database, new Lazy<SpooledWrites>(_bench.Writes), Reads);

    private sealed class SometimesAway(ISynchronyStore inner) : ISynchronyStore
    {
        public bool IsAway { get; set; }

        public Task SaveAsync(IReadOnlyList<SynchronyInterval> intervals, CancellationToken cancellationToken) => inner.SaveAsync(intervals, cancellationToken);

        public IReadOnlyList<SynchronyInterval> Read(string system, string standby, DateTimeOffset from, DateTimeOffset to) =>
            IsAway ? throw new DatabaseAwayException("away") : inner.Read(system, standby, from, to);
    }
}
