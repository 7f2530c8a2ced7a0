using Dapper;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.RecoveryPoints;
using DrOrchestrator.Testing.Storage;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqlCanaryStoreTests : CanaryStoreContract
{
    private readonly TemporaryDatabase _temporary = new();

    protected override ICanaryStore Store => new SqlCanaryStore(_temporary.Database, _temporary.Gate);

    protected override void Reopen() => _temporary.Reopen();

    public override void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("UPDATE canary_marker SET fate = 'Refused' WHERE number = 1", "a marker is settled once and never rewritten")]
    [InlineData("UPDATE canary_marker SET sent_at = 0 WHERE number = 2", "a marker is settled once and never rewritten")]
    [InlineData("DELETE FROM canary_marker", "markers are never deleted")]
    public async Task Storage_ChangeOfAMarker_IsRefusedWithTheReason(string sql, string message)
    {
        var first = new Marker(1, DateTimeOffset.UnixEpoch.AddDays(1), null, MarkerFate.Sent, null);
        await Store.SaveAsync(1, "failover", null, first, default);
        await Store.SaveAsync(1, "failover", first with { Fate = MarkerFate.Acknowledged }, first with { Number = 2 }, default);
        using var connection = _temporary.Database.Open();

        connection.Invoking(c => c.Execute(sql)).Should().Throw<SqliteException>().WithMessage($"*{message}*");
    }
}
