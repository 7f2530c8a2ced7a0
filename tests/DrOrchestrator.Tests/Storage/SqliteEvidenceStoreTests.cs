using Dapper;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Storage;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteEvidenceStoreTests() : SqlEvidenceStoreTests(new TemporaryDatabase())
{
    protected override string Bytes(string hex) => $"x'{hex}'";

    protected override void TamperWithout(string trigger, string table, string sql) => Stored.Tamper($"DROP TRIGGER {trigger}; {sql}");

    [Theory]
    [InlineData("INSERT OR REPLACE INTO evidence_record SELECT seq, header, salt, x'00', leaf_hash, kind, run, system FROM evidence_record WHERE seq = 0", "evidence is gapless: only the next sequence number can be appended")]
    [InlineData("INSERT OR REPLACE INTO evidence_checkpoint VALUES (1, '')", "evidence is append-only: a checkpoint covers more than the one before")]
    public Task Storage_ReplaceInTheLog_IsRefusedWithTheReason(string sql, string message) => ChangeIsRefused(sql, message);

    [Fact]
    public async Task Storage_ReplaceOfAnObject_ChangesNothing()
    {
        var hash = await Log.KeepObjectAsync(new byte[] { 1 }, "text/plain", default);

        Stored.Tamper($"INSERT OR REPLACE INTO evidence_object VALUES ('{hash}', 'text/plain', x'02')");

        (await Archive.ReadObjectAsync(hash, default)).Should().Equal(1);
    }

    [Fact]
    public async Task AppendWithin_CommitReportedAsFailedButKept_GoesOnFromWhatTheStoreHolds()
    {
        await Log.AppendAsync(Draft("server.started"), default);

        var work = () => Stored.Gate.WriteAsync(
            scope =>
            {
                Stored.Store.AppendWithin(scope, Draft("run.opened", run: 1));
                scope.Connection.Execute("COMMIT"); // the commit happens, and the caller hears of a failure
            },
            default);

        await work.Should().ThrowAsync<SqliteException>();
        (await Log.AppendAsync(Draft("step.intent", run: 1), default)).Should().Be(3);
        await RestartsWith(4);
    }
}
