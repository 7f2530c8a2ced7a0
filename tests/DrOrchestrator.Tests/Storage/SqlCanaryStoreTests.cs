using System.Data.Common;
using Dapper;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.RecoveryPoints;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteCanaryStoreTests() : SqlCanaryStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresCanaryStoreTests(MigratedPostgres server) : SqlCanaryStoreTests(new TemporaryDatabase(server));

public abstract class SqlCanaryStoreTests(TemporaryDatabase temporary) : CanaryStoreContract
{
    protected override ICanaryStore Store => new SqlCanaryStore(temporary.Database, temporary.Gate);

    protected override void Reopen() => temporary.Reopen();

    public override void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("UPDATE canary_marker SET fate = 'Refused' WHERE number = 1", "a marker is settled once and never rewritten")]
    [InlineData("UPDATE canary_marker SET sent_at = 0 WHERE number = 2", "a marker is settled once and never rewritten")]
    [InlineData("DELETE FROM canary_marker", "markers are never deleted")]
    public async Task Storage_ChangeOfAMarker_IsRefusedWithTheReason(string sql, string message)
    {
        var first = new Marker(1, DateTimeOffset.UnixEpoch.AddDays(1), null, MarkerFate.Sent, null);
        await Store.SaveAsync(1, "failover", null, first, default);
        await Store.SaveAsync(1, "failover", first with { Fate = MarkerFate.Acknowledged }, first with { Number = 2 }, default);
        using var connection = temporary.Database.Open();

        connection.Invoking(c => c.Execute(sql)).Should().Throw<DbException>().WithMessage($"*{message}*");
    }
}
