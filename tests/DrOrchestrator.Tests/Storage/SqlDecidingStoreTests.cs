using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteDecidingStoreTests() : SqlDecidingStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresDecidingStoreTests(MigratedPostgres server) : SqlDecidingStoreTests(new TemporaryDatabase(server));

public abstract class SqlDecidingStoreTests(TemporaryDatabase temporary) : DecidingStoreContract, IDisposable
{
    protected override IDecidingStore Store => new SqlDecidingStore(temporary.Gate);

    [Theory]
    [InlineData("UPDATE deciding_change SET changed_at = 0")]
    [InlineData("UPDATE deciding_change SET part = 'none'")]
    [InlineData("DELETE FROM deciding_change")]
    public async Task Database_ChangeOfWhatIsOnRecord_IsRefused(string sql)
    {
        var change = new DecidingChange("ledger", "web", SubjectPart.Probe, DateTimeOffset.UnixEpoch.AddDays(1));
        await Store.ChangeAsync(_ => [change], default);

        var act = () => temporary.Gate.WriteAsync(scope => scope.Connection.Execute(sql, transaction: scope.Transaction), default);

        await act.Should().ThrowAsync<Exception>();
        temporary.Reopen();
        (await Store.ChangeAsync(_ => [], default)).Should().Equal(change);
    }

    public void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }
}
