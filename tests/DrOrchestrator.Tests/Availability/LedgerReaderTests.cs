using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

/// <summary>Figures while the store is away, loses observations, or is written to in the middle of a reading: downtime is never left out of the upper bound.</summary>
public sealed class LedgerReaderTests : IDisposable
{
    private static readonly ProbeDefinition Probe = new("web", "shop", null, ProbeRole.Service, "sell", Span(1), Span(1), 2, new TcpProbeSettings("h", 1));
    private readonly FakeTimeProvider _time = new(T0);
    private readonly ProcessClock _clock;
    private readonly Timeline _timeline;
    private readonly LedgerReader _reader;
    private readonly TroubledStore _store = new();

    public LedgerReaderTests()
    {
        _clock = new ProcessClock(_time);
        _timeline = new Timeline(_store, _clock, NullLogger<Timeline>.Instance);
        _reader = new LedgerReader(_store, new LiveSubjects(_timeline), _clock);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _timeline.Dispose();
    }

    [Fact]
    public async Task ReadAsync_SpoolFull_CountsTheOutageThatWasGivenUpInTheUpperBound()
    {
        await LookAsync("+++");
        await ReadAsync();
        _store.OnSave = () => throw new ObservationsLostException(_clock.Now);
        await LookAsync("-----+++++");

        (await ReadAsync()).DownUpper.Should().BeGreaterThanOrEqualTo(Span(5));
    }

    [Fact]
    public async Task ReadAsync_ContradictionOverAndNotWritten_IsInTheUpperBound()
    {
        await LookAsync("+++");
        await ReadAsync();
        _store.OnSave = () => throw new IOException("away");
        await LookAsync("-++");

        (await ReadAsync()).DownUpper.Should().BeGreaterThanOrEqualTo(Span(1));
    }

    [Fact]
    public async Task ReadAsync_DatabaseAwayAndSubjectNeverRead_IsUnknownUntilItCanBeRead()
    {
        await LookAsync("+++");
        _store.OnRead = () => throw new RecordsAwayException("away");

        (await ReadAsync()).Unknown.Should().Be(Span(2));
        _store.OnRead = null;
        await LookAsync("+");

        (await ReadAsync()).Unknown.Should().BeLessThan(Span(2));
    }

    [Fact]
    public async Task ReadAsync_RowsThatTheDatabaseRefusedLater_AreReadAnew()
    {
        await LookAsync("+++---");
        (await ReadAsync()).Down.Should().BeGreaterThan(TimeSpan.Zero);

        // They came from the spool, and the ledger says now that nothing is known of that time.
        _store.Inner = new MemoryTimelineStore();
        await _store.Inner.SaveAsync(new TimelineBatch([new TimelineChange("web", IntervalState.Unknown, Edge(0, 0, 0), "refused")], [], [new ObservedUntil("web", At(6), null, null)]), default);
        _time.Advance(Span(1));

        (await ReadAsync()).Should().BeEquivalentTo(new { Down = TimeSpan.Zero, DownLower = TimeSpan.Zero });
    }

    [Fact]
    public async Task ReadAsync_FaultOfOurs_Shows()
    {
        await LookAsync("+++");
        _store.OnRead = () => throw new FormatException("a row that cannot be read");
        await FluentActions.Awaiting(ReadAsync).Should().ThrowAsync<FormatException>();

        (_store.OnRead, _store.OnReadTails) = (null, () => throw new FormatException("a row that cannot be read"));
        _time.Advance(Span(1));
        await FluentActions.Awaiting(ReadAsync).Should().ThrowAsync<FormatException>();
    }

    [Fact]
    public async Task ReadAsync_ContradictionEndsWhileTheDiskIsRead_IsInTheUpperBound()
    {
        await LookAsync("+++");
        await ReadAsync();
        await LookAsync("-");
        _store.OnReadBlips = async () => await LookAsync("+");

        (await ReadAsync()).DownUpper.Should().BeGreaterThanOrEqualTo(Span(1));
    }

    private async Task LookAsync(string results)
    {
        foreach (var result in results)
        {
            await _timeline.AcceptAsync(Probe, new ProbeResult("web", result == '+' ? ProbeOutcome.Up : ProbeOutcome.Down, _clock.Now, _clock.Now, ""), default);
            _time.Advance(Span(1));
        }
    }

    private async Task<Downtime> ReadAsync()
    {
        // Up to the newest look: what is behind it nobody has seen yet.
        var to = _clock.Now - Span(1);
        var (_, subjects) = await _reader.ReadAsync([new DecidingSubject("web", SubjectPart.Probe, null)], default);
        return ServiceLedger.Of(subjects, LedgerEntries.None).Between(T0, to);
    }

    private sealed class TroubledStore : ITimelineStore
    {
        public MemoryTimelineStore Inner { get; set; } = new();

        public Action? OnSave { get; set; }

        public Action? OnReadTails { get; set; }

        public Action? OnRead { get; set; }

        public Func<Task>? OnReadBlips { get; set; }

        public Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
        {
            OnRead?.Invoke();
            return Inner.ReadAsync(subject, from, to, cancellationToken);
        }

        public Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken)
        {
            OnSave?.Invoke();
            return Inner.SaveAsync(batch, cancellationToken);
        }

        public Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            Inner.ReadBlipsAsync(subject, from, to, cancellationToken);

        public async Task<IReadOnlyList<Blip>> ReadBlipsAsync(DateTimeOffset endedAfter, CancellationToken cancellationToken)
        {
            var read = await Inner.ReadBlipsAsync(endedAfter, cancellationToken);
            await (OnReadBlips?.Invoke() ?? Task.CompletedTask);
            return read;
        }

        public Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken)
        {
            OnReadTails?.Invoke();
            return Inner.ReadTailsAsync(cancellationToken);
        }
    }
}
