using DrOrchestrator.Credentials;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Credentials;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqlitePersonTokensTests() : SqlPersonTokensTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresPersonTokensTests(MigratedPostgres server) : SqlPersonTokensTests(new TemporaryDatabase(server));

public abstract class SqlPersonTokensTests : PersonTokensContract
{
    private readonly StoredEvidence _evidence;
    private readonly StoredEvidence.SecondProcess _second;

    protected SqlPersonTokensTests(TemporaryDatabase temporary)
    {
        _evidence = new StoredEvidence(temporary);
        _second = _evidence.Second();
    }

    protected override IPersonTokens Tokens => new SqlPersonTokens(_evidence.Database, _evidence.Gate, _evidence.Store, new ProcessClock(_evidence.Time));

    protected override IPersonTokens Other => new SqlPersonTokens(_second.Database, _second.Gate, _second.Store, new ProcessClock(_evidence.Time));

    protected override DateTimeOffset Now => _evidence.Time.GetUtcNow();

    protected override async Task<IReadOnlyList<(string Kind, string Actor, string Payload)>> EvidenceAsync() =>
        [.. (await _evidence.Store.ReadAsync(null, 0, 100, default)).Skip(1).Select(record => (record.Kind, record.Actor, record.Payload.ToJsonString()))];

    public override void Dispose()
    {
        _second.Dispose();
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }
}
