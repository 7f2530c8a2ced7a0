using DrOrchestrator.Availability;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteProbeMinuteStoreTests() : SqlProbeMinuteStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresProbeMinuteStoreTests(MigratedPostgres server) : SqlProbeMinuteStoreTests(new TemporaryDatabase(server));

public abstract class SqlProbeMinuteStoreTests(TemporaryDatabase temporary) : ProbeMinuteStoreContract, IDisposable
{
    protected override IProbeMinuteStore Store => new SqlProbeMinuteStore(temporary.Database, temporary.Gate);

    public void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }
}
