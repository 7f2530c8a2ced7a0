using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Time;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Calendars;

public sealed class OverdueCheckTests : IDisposable
{
    private static readonly DateTimeOffset Hour = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
    private readonly ProcessClock _clock = new(new FakeTimeProvider(Hour));
    private readonly Database _database;
    private readonly WriteGate _gate;
    private readonly SqlEvidenceStore _evidence;

    public OverdueCheckTests()
    {
        _database = new SqliteDatabase(Path.Combine(_folder, "dro.db"));
        new Migrator(_database).Run();
        _gate = new WriteGate(_database);
        _evidence = new SqlEvidenceStore(_gate, _clock, new EvidenceKeyFile(Path.Combine(_folder, "evidence.key")), new SqlEvidenceArchive(_database));
    }

    [Fact]
    public async Task Run_WhenFiredTwiceForOneTime_RecordsOneFinding()
    {
        var check = Check(_evidence);

        await check.RunAsync("monthly", Hour, CancellationToken.None);
        await check.RunAsync("monthly", Hour, CancellationToken.None);
        await check.RunAsync("monthly", Hour.AddDays(1), CancellationToken.None);

        var findings = await Findings();
        findings.Select(finding => (string?)finding.Payload["fireTime"]).Should().Equal("2026-11-22T08:00:00.000000Z", "2026-11-23T08:00:00.000000Z");
        findings[0].Should().BeEquivalentTo(new { Actor = "system", System = "ledger", Run = (long?)null });
    }

    [Fact]
    public async Task Run_WhenTheFindingCannotBeKept_IsDoneAgainLater()
    {
        var failing = Check(new Failing());
        await failing.Invoking(check => check.RunAsync("monthly", Hour, CancellationToken.None)).Should().ThrowAsync<IOException>();

        await Check(_evidence).RunAsync("monthly", Hour, CancellationToken.None);

        (await Findings()).Should().ContainSingle();
    }

    [Fact]
    public async Task Run_InTime_RecordsNothing()
    {
        var check = Check(_evidence, OverdueDrillsTests.Run(1, Hour.AddDays(-1)));

        await check.RunAsync("monthly", Hour, CancellationToken.None);

        (await Findings()).Should().BeEmpty();
    }

    [Fact]
    public async Task Run_OfAnEntryThatIsGone_DoesNothing()
    {
        await Check(_evidence).RunAsync("gone", Hour, CancellationToken.None);

        (await Findings()).Should().BeEmpty();
    }

    public void Dispose()
    {
        _gate.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private OverdueCheck Check(ITransactionalEvidence evidence, params RunView[] runs)
    {
        var estate = new Estate("bank", "", "", false, [], [], [], [], [], [], [OverdueDrillsTests.Entry()], []);
        return new OverdueCheck(new EstateHolder(estate), new Past(runs), new SqlFireLedger(_database, _gate, evidence, _clock), _clock);
    }

    private async Task<List<EvidenceRecord>> Findings() =>
        [.. (await _evidence.ReadAsync(null, 0, 100, CancellationToken.None)).Where(record => record.Kind == "finding.drill-overdue")];

    private sealed class Failing : ITransactionalEvidence
    {
        public long AppendWithin(WriteScope scope, EvidenceDraft draft) => throw new IOException("disk full");

        public string OriginWithin(WriteScope scope) => throw new IOException("disk full");

        public string KeepObjectWithin(WriteScope scope, ReadOnlyMemory<byte> content, string mediaType) => throw new IOException("disk full");
    }

    private sealed class Past(RunView[] runs) : IDrills
    {
        public Task<IReadOnlyList<RunView>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RunView>>(runs);

        public Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AnswerResult> OrderAsync(long run, RunOrder order, Person person, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AnswerResult> AnswerAsync(long run, string item, Person person, bool confirmed, string? note, RawOutput? attachment, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AnswerResult> ReviewAsync(long run, Person person, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AnswerResult> SettleDutyAsync(long run, string fence, Person person, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RunView?> ShowAsync(long run, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PendingItem>> PendingAsync(Person? person, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<RunEvent> WatchAsync(long run, long afterSequence, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
