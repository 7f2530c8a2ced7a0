using Dapper;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Availability.Planned;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteMaintenanceStoreTests() : SqlMaintenanceStoreTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresMaintenanceStoreTests(MigratedPostgres server) : SqlMaintenanceStoreTests(new TemporaryDatabase(server));

public abstract class SqlMaintenanceStoreTests : MaintenanceStoreContract, IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDatabase _temporary;
    private readonly StoredEvidence _evidence;

    protected SqlMaintenanceStoreTests(TemporaryDatabase temporary)
    {
        _temporary = temporary;
        _evidence = new StoredEvidence(temporary);
    }

    protected override IMaintenanceStore Store => new SqlMaintenanceStore(_temporary.Database, _evidence.Gate, _evidence.Store);

    [Theory]
    [InlineData("UPDATE maintenance_entry SET start_at = start_at - 1000000")]
    [InlineData("UPDATE maintenance_entry SET end_at = end_at + 1000000")]
    [InlineData("UPDATE maintenance_decision SET decided_at = 0")]
    [InlineData("DELETE FROM maintenance_entry")]
    [InlineData("DELETE FROM maintenance_decision")]
    [InlineData("DELETE FROM maintenance_system")]
    [InlineData("DELETE FROM reported_outage")]
    [InlineData("UPDATE reported_outage SET to_at = from_at")]
    public async Task Database_ChangeOfWhatIsOnRecord_IsRefused(string sql)
    {
        var word = new MaintenanceWord("li", T0);
        var entry = new MaintenanceEntry(1, "CHG-1", ["ledger"], T0.AddDays(2), T0.AddDays(3), "r", TimeSpan.FromHours(24), word, word with { By = "chen" }, null);
        await Store.ChangeAsync(_ => new MaintenanceResult.Entered(entry, Draft()), default);
        await Store.ChangeAsync(_ => new MaintenanceResult.Reported(new OutageReport(1, "ledger", T0, T0.AddHours(1), "s", "r", null, word), Draft()), default);

        var act = () => _evidence.Gate.WriteAsync(scope => scope.Connection.Execute(sql, transaction: scope.Transaction), default);

        await act.Should().ThrowAsync<Exception>();
        (await Store.ReadAsync(default)).Entries.Should().ContainSingle().Which.Should().BeEquivalentTo(entry);
    }

    [Fact]
    public async Task ReadAsync_SomethingWasObserved_KnowsWhen()
    {
        await new SqlTimelineStore(_temporary.Database, _evidence.Gate).SaveAsync(new TimelineBatch([], [], [new ObservedUntil("p", T0.AddMinutes(3), T0, null)]), default);

        (await Store.ReadAsync(default)).Newest.Should().Be(T0.AddMinutes(3));
    }

    public void Dispose()
    {
        _evidence.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override async Task<IReadOnlyList<string>> EvidenceAsync() =>
        [.. (await _evidence.Store.ReadAsync(null, 0, 100, default)).Select(record => record.Kind).Where(kind => !kind.StartsWith("log.", StringComparison.Ordinal))];

    private static DrOrchestrator.Evidence.EvidenceDraft Draft() => new("maintenance.requested", "li", null, "ledger", new System.Text.Json.Nodes.JsonObject());
}
