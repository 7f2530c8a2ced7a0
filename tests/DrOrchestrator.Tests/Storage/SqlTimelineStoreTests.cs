using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Storage;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqlTimelineStoreTests : TimelineStoreContract, IDisposable
{
    private readonly TemporaryDatabase _temporary = new();

    protected override ITimelineStore Store => new SqlTimelineStore(_temporary.Database, _temporary.Gate);

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("UPDATE timeline_interval SET reason = 'nothing happened' WHERE number = 1", "timeline rows are closed once and never rewritten")]
    [InlineData("UPDATE timeline_interval SET start_at = 0 WHERE end_at IS NULL", "timeline rows are closed once and never rewritten")]
    [InlineData("DELETE FROM timeline_interval", "timeline rows are never deleted")]
    public async Task Store_RowRewritten_Refuses(string sql, string message)
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(1);
        await Store.SaveAsync(
            [new TimelineChange("a", IntervalState.Up, new Edge(at, at, at), "r"), new TimelineChange("a", IntervalState.Down, new Edge(at, at, at), "r")], [], default);
        using var connection = _temporary.Database.Open();

        connection.Invoking(c => c.Execute(sql)).Should().Throw<SqliteException>().WithMessage($"*{message}*");
    }
}
