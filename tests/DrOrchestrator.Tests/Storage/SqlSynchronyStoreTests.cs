using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.RecoveryPoints;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteSynchronyStoreTests() : SqlSynchronyStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresSynchronyStoreTests(MigratedPostgres server) : SqlSynchronyStoreTests(new TemporaryDatabase(server));

public abstract class SqlSynchronyStoreTests(TemporaryDatabase temporary) : SynchronyStoreContract
{
    protected override ISynchronyStore Store => new SqlSynchronyStore(temporary.Database, temporary.Gate);

    protected override void Reopen() => temporary.Reopen();

    public override void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }
}
