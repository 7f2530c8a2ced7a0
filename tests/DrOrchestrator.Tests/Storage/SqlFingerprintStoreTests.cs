using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteFingerprintStoreTests() : SqlFingerprintStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresFingerprintStoreTests(MigratedPostgres server) : SqlFingerprintStoreTests(new TemporaryDatabase(server));

public abstract class SqlFingerprintStoreTests(TemporaryDatabase temporary) : IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly StoredEvidence _evidence = new(temporary);

    private IFingerprintStore Store => new SqlFingerprintStore(_evidence.Database, _evidence.Gate, _evidence.Store);

    [Fact]
    public async Task SaveAsync_ChangesOfTwoPlans_AreReadBackOldestFirstEachPlanWithItsEvidence()
    {
        await Store.SaveAsync([new("failover", "image", "b", T0.AddMinutes(1)), new("failover", "plan", "1", T0.AddMinutes(1))], default);
        await Store.SaveAsync([new("failover", "image", "a", T0), new("restore", "image", "x", T0)], default);
        _evidence.Restart();

        (await Store.ReadAsync(default)).Should().Equal(
            new FingerprintRow("failover", "image", "a", T0), new("restore", "image", "x", T0), new("failover", "image", "b", T0.AddMinutes(1)), new("failover", "plan", "1", T0.AddMinutes(1)));
        (await _evidence.Store.ReadAsync(null, 0, 10, default)).Where(record => record.Kind == "fingerprint.changed").Should().HaveCount(3);
    }

    [Fact]
    public async Task SaveAsync_SameMomentAgain_KeepsTheFirstValue()
    {
        await Store.SaveAsync([new("failover", "image", "a", T0)], default);
        await Store.SaveAsync([new("failover", "image", "b", T0)], default);

        (await Store.ReadAsync(default)).Should().ContainSingle().Which.Value.Should().Be("a");
    }

    public void Dispose()
    {
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }
}
