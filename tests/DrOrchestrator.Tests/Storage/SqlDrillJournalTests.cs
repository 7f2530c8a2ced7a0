using System.Data.Common;
using Dapper;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteDrillJournalTests() : SqlDrillJournalTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresDrillJournalTests(MigratedPostgres server) : SqlDrillJournalTests(new TemporaryDatabase(server));

public abstract class SqlDrillJournalTests : DrillJournalContract
{
    private readonly StoredEvidence _evidence;
    private readonly StoredEvidence.SecondProcess _second;
    private ServingSites _servingSites = new(new EstateHolder(Estate.None));

    protected SqlDrillJournalTests(TemporaryDatabase temporary)
    {
        _evidence = new StoredEvidence(temporary);
        _second = _evidence.Second();
        _evidence.SetServerClock(Time.GetUtcNow());
    }

    protected override IDrillJournal Journal => new SqlDrillJournal(_evidence.Database, _evidence.Gate, _evidence.Store, _servingSites, new ProcessClock(Time), new LeaseClock(_evidence.Database, new ProcessClock(Time)));

    protected override IDrillJournal Other =>
        new SqlDrillJournal(_second.Database, _second.Gate, _second.Store, new ServingSites(new EstateHolder(Estate.None)), new ProcessClock(Time), new LeaseClock(_second.Database, new ProcessClock(Time)));

    protected override IEvidenceLog Evidence => _evidence.Store;

    protected override IEvidenceArchive Archive => _evidence.Archive;

    protected override IServingSites ServingSites => _servingSites;

    protected override FakeTimeProvider Time => _evidence.Time;

    protected override void Pass(TimeSpan time) => _evidence.Pass(time);

    protected override void Reopen()
    {
        _evidence.Restart();
        _servingSites = new ServingSites(new EstateHolder(Estate.None));
    }

    public override void Dispose()
    {
        _second.Dispose();
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("UPDATE drill_journal SET data = '{}'", "the drill journal is append-only: rows are never updated")]
    [InlineData("DELETE FROM drill_journal", "the drill journal is append-only: rows are never deleted")]
    public async Task Storage_ChangeOfTheJournal_IsRefusedWithTheReason(string sql, string message)
    {
        await Journal.OpenAsync("li-wei", ["core-ledger"], [], [], default);
        using var connection = _evidence.Database.Open();

        connection.Invoking(c => c.Execute(sql)).Should().Throw<DbException>().WithMessage($"*{message}*");
    }
}
