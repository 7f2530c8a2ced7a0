using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using static DrOrchestrator.Tests.Storage.Spooling.SpoolBench;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>What readers get while the database is away, and what they get when it is we who are at fault.</summary>
public sealed class SpooledReadsTests : IDisposable
{
    private readonly SpoolBench _bench = new();
    private readonly FailingReads _database;
    private readonly SpooledTimelineStore _store;

    public SpooledReadsTests()
    {
        _database = new FailingReads(_bench.Database);
        _store = new SpooledTimelineStore(_database, new Lazy<SpooledWrites>(_bench.Writes), Reads);
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task ReadAsync_DatabaseAway_ContinuesWhatItLastTold()
    {
        await SaveAsync(Change("a", IntervalState.Up, 0), Change("a", IntervalState.Down, 10));
        (await _store.ReadAsync("a", T0, T0.AddMinutes(1), default)).Should().HaveCount(2);
        await SaveAsync(Change("a", IntervalState.Up, 20));
        GoAway();
        await SaveAsync(Change("a", IntervalState.Down, 30));

        var rows = await _store.ReadAsync("a", T0.AddSeconds(15), T0.AddMinutes(1), default);

        rows.Select(row => (row.State, row.Start)).Should().Equal(
            (IntervalState.Down, EdgeAt(10)), (IntervalState.Up, EdgeAt(20)), (IntervalState.Down, EdgeAt(30)));
        rows[1].End.Should().Be(EdgeAt(30));
        await _store.Invoking(s => s.ReadAsync("a", T0.AddDays(-1), T0, default)).Should().ThrowAsync<RecordsAwayException>("that far nobody had asked");
    }

    [Fact]
    public async Task ReadTailsAsync_DatabaseAway_ContinuesWhatItLastTold()
    {
        await SaveAsync(Change("a", IntervalState.Up, 0), Change("b", IntervalState.Up, 0));
        (await _store.ReadTailsAsync(default)).Should().HaveCount(2);
        await SaveAsync(Change("a", IntervalState.Down, 10));
        GoAway();
        await SaveAsync(Change("c", IntervalState.Up, 20));

        var tails = await _store.ReadTailsAsync(default);

        tails.ToDictionary(tail => tail.Key, tail => (tail.Value.Open.State, tail.Value.Open.Start)).Should().Equal(new Dictionary<string, (IntervalState, Edge)>
        {
            ["a"] = (IntervalState.Down, EdgeAt(10)),
            ["b"] = (IntervalState.Up, EdgeAt(0)),
            ["c"] = (IntervalState.Up, EdgeAt(20)),
        });
    }

    [Fact]
    public async Task ReadBlipsAsync_DatabaseAway_HasThoseOfBeforeAndThoseInTheSpool()
    {
        var (before, since) = (BlipAt(5), BlipAt(25));
        await _store.SaveAsync(new TimelineBatch([], [before], []), default);
        await _store.ReadBlipsAsync("a", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, default);
        GoAway();
        await _store.SaveAsync(new TimelineBatch([], [since], []), default);

        (await _store.ReadBlipsAsync("a", T0, T0.AddMinutes(1), default)).Should().Equal(before, since);
        (await _store.ReadBlipsAsync(T0, default)).Should().Equal(before, since);
        (await _store.ReadBlipsAsync(T0.AddSeconds(20), default)).Should().Equal(since);
    }

    [Fact]
    public async Task ReadTailsAsync_DatabaseAwayAndNeverRead_SaysSo()
    {
        GoAway();

        await _store.Invoking(store => store.ReadTailsAsync(default)).Should().ThrowAsync<RecordsAwayException>();
    }

    [Fact]
    public async Task ReadAsync_FaultOfOurs_IsNotTakenForADatabaseThatIsAway()
    {
        await SaveAsync(Change("a", IntervalState.Up, 0));
        await _store.ReadAsync("a", T0, T0.AddMinutes(1), default);
        await _store.ReadBlipsAsync("a", T0, T0.AddMinutes(1), default);
        await _store.ReadTailsAsync(default);
        _database.Failure = () => new FormatException("a row that cannot be read");
        _bench.Faults = _ => Fault.Lost;
        await SaveAsync(Change("a", IntervalState.Down, 10));

        await _store.Invoking(store => store.ReadAsync("a", T0, T0.AddMinutes(1), default)).Should().ThrowAsync<FormatException>();
        await _store.Invoking(store => store.ReadBlipsAsync("a", T0, T0.AddMinutes(1), default)).Should().ThrowAsync<FormatException>();
        await _store.Invoking(store => store.ReadBlipsAsync(T0, default)).Should().ThrowAsync<FormatException>();
        await _store.Invoking(store => store.ReadTailsAsync(default)).Should().ThrowAsync<FormatException>();
    }

    [Fact]
    public async Task ReadAsync_FaultOfOursInOtherStores_IsNotTakenForADatabaseThatIsAway()
    {
        var writes = new Lazy<SpooledWrites>(_bench.Writes);
        _bench.Faults = _ => Fault.Lost;
        await SaveAsync(Change("a", IntervalState.Up, 0));
        var broken = new BrokenStores();

        await new SpooledProbeMinuteStore(broken, writes, Reads).Invoking(store => store.ReadAsync("a", T0, T0.AddMinutes(1), default)).Should().ThrowAsync<FormatException>();
        new SpooledExposureStore(broken, writes, Reads).Invoking(store => store.Worst("ledger", "dr", T0, T0.AddMinutes(1))).Should().Throw<FormatException>();
        new SpooledSynchronyStore(broken, writes, Reads).Invoking(store => store.Read("ledger", "dr", T0, T0.AddMinutes(1))).Should().Throw<FormatException>();
        await new PromptMaintenanceStore(broken, Reads).Invoking(store => store.ReadAsync(default)).Should().ThrowAsync<FormatException>();
    }

    private static Blip BlipAt(double seconds) => new("a", IntervalState.Up, T0.AddSeconds(seconds), T0.AddSeconds(seconds + 1));

    private void GoAway()
    {
        _database.Failure = () => new DatabaseAwayException("away");
        _bench.Faults = _ => Fault.Lost;
    }

    private Task SaveAsync(params TimelineChange[] changes) => _store.SaveAsync(new TimelineBatch(changes, [], []), default);

    private sealed class FailingReads(ITimelineStore inner) : ITimelineStore
    {
        public Func<Exception>? Failure { get; set; }

        public Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            Failure is { } failure ? throw failure() : inner.ReadAsync(subject, from, to, cancellationToken);

        public Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            Failure is { } failure ? throw failure() : inner.ReadBlipsAsync(subject, from, to, cancellationToken);

        public Task<IReadOnlyList<Blip>> ReadBlipsAsync(DateTimeOffset endedAfter, CancellationToken cancellationToken) =>
            Failure is { } failure ? throw failure() : inner.ReadBlipsAsync(endedAfter, cancellationToken);

        public Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken) =>
            Failure is { } failure ? throw failure() : inner.ReadTailsAsync(cancellationToken);
    }

    private sealed class BrokenStores : IProbeMinuteStore, IExposureStore, ISynchronyStore, IMaintenanceStore
    {
        public Task SaveAsync(IReadOnlyList<SeenMinute> minutes, CancellationToken cancellationToken) => throw new FormatException();

        public Task<IReadOnlyList<SeenMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new FormatException();

        public Task<ProbePast> ReadPastAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new FormatException();

        public Task<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => throw new FormatException();

        public Task SaveAsync(IReadOnlyList<ExposureSample> samples, CancellationToken cancellationToken) => throw new FormatException();

        public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to) => throw new FormatException();

        public IReadOnlyList<DateTimeOffset> Seconds(string system, string standby, DateTimeOffset from, DateTimeOffset to) => throw new FormatException();

        public IReadOnlyList<ExposureMinute> Minutes(string system, string standby, DateTimeOffset from, DateTimeOffset to) => throw new FormatException();

        public ExposureTotals Totals(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit) => throw new FormatException();

        public Task SaveAsync(IReadOnlyList<SynchronyInterval> intervals, CancellationToken cancellationToken) => throw new FormatException();

        public IReadOnlyList<SynchronyInterval> Read(string system, string standby, DateTimeOffset from, DateTimeOffset to) => throw new FormatException();

        public Task<MaintenanceBook> ReadAsync(CancellationToken cancellationToken) => throw new FormatException();

        public Task<MaintenanceResult> ChangeAsync(Func<MaintenanceBook, MaintenanceResult> decide, CancellationToken cancellationToken) => throw new FormatException();
    }
}
