using DrOrchestrator.Calendars;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Calendars;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqlFireLedgerTests : FireLedgerContract
{
    private readonly SqliteEvidence _evidence = new();
    private readonly SecondSqlite _second;

    public SqlFireLedgerTests() => _second = new SecondSqlite(_evidence);

    protected override IFireLedger Ledger => new SqlFireLedger(_evidence.Gate, _evidence.Store, new ProcessClock(_evidence.Time));

    protected override IFireLedger Other => new SqlFireLedger(_second.Gate, _second.Store, new ProcessClock(_evidence.Time));

    protected override IEvidenceLog Evidence => _evidence.Store;

    protected override void Reopen() => _evidence.Restart();

    public override void Dispose()
    {
        _second.Dispose();
        _evidence.Dispose();
    }
}
