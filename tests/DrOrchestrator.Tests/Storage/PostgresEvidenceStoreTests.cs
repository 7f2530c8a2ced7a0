using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using Npgsql;

namespace DrOrchestrator.Tests.Storage;

[Collection(PostgresCollection.Name)]
public sealed class PostgresEvidenceStoreTests(MigratedPostgres server) : SqlEvidenceStoreTests(new TemporaryDatabase(server))
{
    protected override string Bytes(string hex) => $"'\\x{hex}'::bytea";

    protected override void TamperWithout(string trigger, string table, string sql) => Stored.Tamper($"DROP TRIGGER {trigger} ON {table}; {sql}");

    [Theory]
    [InlineData("TRUNCATE evidence_record", "evidence is append-only: a record is never deleted")]
    [InlineData("TRUNCATE evidence_object", "evidence is append-only: an object is never deleted")]
    [InlineData("TRUNCATE evidence_checkpoint", "evidence is append-only: a checkpoint is never deleted")]
    [InlineData("SET session_replication_role = replica; DELETE FROM evidence_record", "evidence is append-only: a record is never deleted")]
    [InlineData("INSERT INTO evidence_checkpoint VALUES (1, '') ON CONFLICT (size) DO UPDATE SET text = ''", "evidence is append-only: a checkpoint covers more than the one before")]
    public Task Storage_ChangeByWhatOnlyPostgresHas_IsRefusedWithTheReason(string sql, string message) => ChangeIsRefused(sql, message);
}
