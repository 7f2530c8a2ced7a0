using DrOrchestrator.Calendars;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Calendars;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteFireLedgerTests() : SqlFireLedgerTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresFireLedgerTests(MigratedPostgres server) : SqlFireLedgerTests(new TemporaryDatabase(server));

public abstract class SqlFireLedgerTests : FireLedgerContract
{
    private readonly StoredEvidence _evidence;
    private readonly StoredEvidence.SecondProcess _second;

    protected SqlFireLedgerTests(TemporaryDatabase temporary)
    {
        _evidence = new StoredEvidence(temporary);
        _second = _evidence.Second();
    }

    protected override IFireLedger Ledger => new SqlFireLedger(_evidence.Database, _evidence.Gate, _evidence.Store, new ProcessClock(_evidence.Time));

    protected override IFireLedger Other => new SqlFireLedger(_second.Database, _second.Gate, _second.Store, new ProcessClock(_evidence.Time));

    protected override IEvidenceLog Evidence => _evidence.Store;

    protected override void Reopen() => _evidence.Restart();

    public override void Dispose()
    {
        _second.Dispose();
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }
}
