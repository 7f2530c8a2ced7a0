using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.RecoveryPoints;
using DrOrchestrator.Testing.Storage;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqlSynchronyStoreTests : SynchronyStoreContract
{
    private readonly TemporaryDatabase _temporary = new();

    protected override ISynchronyStore Store => new SqlSynchronyStore(_temporary.Database, _temporary.Gate);

    protected override void Reopen() => _temporary.Reopen();

    public override void Dispose() => _temporary.Dispose();
}
