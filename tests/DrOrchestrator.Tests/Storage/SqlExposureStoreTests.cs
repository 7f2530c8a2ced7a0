using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.RecoveryPoints;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteExposureStoreTests() : SqlExposureStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresExposureStoreTests(MigratedPostgres server) : SqlExposureStoreTests(new TemporaryDatabase(server));

public abstract class SqlExposureStoreTests(TemporaryDatabase temporary) : ExposureStoreContract
{
    protected override IExposureStore Store => new SqlExposureStore(temporary.Database, temporary.Gate);

    protected override void Reopen() => temporary.Reopen();

    public override void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }
}
