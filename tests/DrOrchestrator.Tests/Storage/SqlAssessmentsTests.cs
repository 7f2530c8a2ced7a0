using DrOrchestrator.Compliance;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteAssessmentsTests() : SqlAssessmentsTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresAssessmentsTests(MigratedPostgres server) : SqlAssessmentsTests(new TemporaryDatabase(server));

public abstract class SqlAssessmentsTests : IDisposable
{
    private readonly StoredEvidence _evidence;
    private readonly StoredEvidence.SecondProcess _second;

    protected SqlAssessmentsTests(TemporaryDatabase temporary)
    {
        _evidence = new StoredEvidence(temporary);
        _second = _evidence.Second();
    }

    private SqlAssessments Here => new(_evidence.Database, _evidence.Gate, _evidence.Store, new ProcessClock(_evidence.Time));

    private SqlAssessments There => new(_second.Database, _second.Gate, _second.Store, new ProcessClock(_evidence.Time));

    [Fact]
    public async Task ConfirmAsync_ByEverybody_TakesTheWordOfOneOtherPersonOnce()
    {
        var assessed = await Here.AssessAsync("ledger", "image", "sha256:a", unaffected: true, "只改日志", "li-wei", default);

        (await Here.ConfirmAsync(assessed.Id, "li-wei", default)).Code.Should().Be("own-assessment");
        (await There.ConfirmAsync(assessed.Id, "chen", default)).Code.Should().Be("confirmed");
        (await Here.ConfirmAsync(assessed.Id, "wang", default)).Code.Should().Be("already-confirmed");
        (await Here.ConfirmAsync(99, "wang", default)).Code.Should().Be("no-such-assessment");

        var at = _evidence.Time.GetUtcNow();
        (await Here.ReadAsync(default)).Should().Equal(new ChangeAssessment(1, "ledger", "image", "sha256:a", true, "只改日志", "li-wei", at, "chen", at));
        (await _evidence.Store.ReadAsync(null, 0, 10, default)).Select(record => (record.Kind, record.Actor)).Skip(1).Should().Equal(("change.assessed", "li-wei"), ("change.confirmed", "chen"));
    }

    [Fact]
    public async Task ConfirmAsync_TwoAtOnceFromTwoProcesses_ConfirmsOnce()
    {
        var assessed = await Here.AssessAsync("ledger", "image", "sha256:a", unaffected: false, "r", "li-wei", default);

        var confirmed = await AtOnce.RunAsync(6, index => (index % 2 == 0 ? Here : There).ConfirmAsync(assessed.Id, $"person-{index}", default));

        confirmed.Count(result => result.Code == "confirmed").Should().Be(1);
    }

    public void Dispose()
    {
        _second.Dispose();
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }
}
