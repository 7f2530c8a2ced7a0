using System.Data.Common;
using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteTimelineStoreTests() : SqlTimelineStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresTimelineStoreTests(MigratedPostgres server) : SqlTimelineStoreTests(new TemporaryDatabase(server));

public abstract class SqlTimelineStoreTests(TemporaryDatabase temporary) : TimelineStoreContract, IDisposable
{
    protected override ITimelineStore Store => new SqlTimelineStore(temporary.Database, temporary.Gate);

    public void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("UPDATE timeline_interval SET reason = 'nothing happened' WHERE number = 1", "timeline rows are closed once and never rewritten")]
    [InlineData("UPDATE timeline_interval SET start_at = 0 WHERE end_at IS NULL", "timeline rows are closed once and never rewritten")]
    [InlineData("DELETE FROM timeline_interval", "timeline rows are never deleted")]
    public async Task Store_RowRewritten_Refuses(string sql, string message)
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(1);
        await Store.SaveAsync(
            [new TimelineChange("a", IntervalState.Up, new Edge(at, at, at), "r"), new TimelineChange("a", IntervalState.Down, new Edge(at, at, at), "r")], [], default);
        using var connection = temporary.Database.Open();

        connection.Invoking(c => c.Execute(sql)).Should().Throw<DbException>().WithMessage($"*{message}*");
    }
}
