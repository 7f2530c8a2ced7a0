using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Storage;

public sealed class SqliteAlertsTests() : SqlAlertsTests(new TemporaryDatabase());

[Collection(PostgresCollection.Name)]
public sealed class PostgresAlertsTests(MigratedPostgres server) : SqlAlertsTests(new TemporaryDatabase(server));

/// <summary>Alerts, assessments and fingerprints on both databases, each event with its evidence.</summary>
public abstract class SqlAlertsTests : IDisposable
{
    private static readonly DateTimeOffset T0 = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDatabase _temporary;
    private readonly ProcessClock _clock = new(new FakeTimeProvider(T0));
    private readonly SqlEvidenceStore _evidence;

    protected SqlAlertsTests(TemporaryDatabase temporary)
    {
        _temporary = temporary;
        _evidence = new SqlEvidenceStore(temporary.Gate, _clock, new EvidenceKeyFile(Path.Combine(temporary.Folder, "evidence.key")), new SqlEvidenceArchive(temporary.Database));
    }

    public void Dispose()
    {
        _temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Record_RaisedAndCleared_AreOnRecordWithTheirEvidence()
    {
        var alerts = new SqlAlerts(_temporary.Database, _temporary.Gate, _evidence);
        AlertCondition[] raised = [new(AlertKinds.Interruption, "ledger", "", "service interruption: HTTP 503"), new(AlertKinds.Verdict, "ledger", "rto", "the verdict on rto is breached: x")];

        var opened = await alerts.RecordAsync(raised, [], T0, default);
        await alerts.RecordAsync([], [opened[0] with { ClearedAt = T0.AddSeconds(30) }], T0.AddSeconds(30), default);

        opened.Should().Equal(
            new Alert(1, "interruption", "ledger", "", "critical", "service interruption: HTTP 503", T0, null),
            new Alert(2, "verdict", "ledger", "rto", "warning", "the verdict on rto is breached: x", T0, null));
        (await alerts.OpenAsync(default)).Should().Equal(opened[1]);
        (await alerts.RecentAsync(10, default)).Should().Equal(opened[1], opened[0] with { ClearedAt = T0.AddSeconds(30) });
        (await alerts.RecentAsync(1, default)).Should().ContainSingle();
        (await Kinds()).Should().Equal("alert.raised", "alert.raised", "alert.cleared");
    }

    [Fact]
    public async Task Confirm_AnAssessment_TakesASecondPersonOnce()
    {
        var assessments = new SqlAssessments(_temporary.Database, _temporary.Gate, _evidence, _clock);

        var made = await assessments.AssessAsync("ledger", "image/dr/x", "api:2", true, "tested", "li", default);
        var own = await assessments.ConfirmAsync(made.Id, "li", default);
        var second = await assessments.ConfirmAsync(made.Id, "wang", default);
        var again = await assessments.ConfirmAsync(made.Id, "chen", default);
        var none = await assessments.ConfirmAsync(99, "wang", default);

        own.Code.Should().Be("own-assessment");
        second.Should().Be(new ConfirmResult("confirmed", made with { ConfirmedBy = "wang", ConfirmedAt = T0 }));
        again.Code.Should().Be("already-confirmed");
        none.Code.Should().Be("no-such-assessment");
        (await assessments.ReadAsync(default)).Should().Equal(second.Assessment!);
        (await Kinds()).Should().Equal("change.assessed", "change.confirmed");
    }

    [Fact]
    public async Task Save_Fingerprints_KeepsWhenAPartChanged()
    {
        var store = new SqlFingerprintStore(_temporary.Database, _temporary.Gate, _evidence);
        FingerprintRow[] rows = [new("failover", "image/dr/x", "api:1", T0), new("failover", "image/dr/x", "api:2", T0.AddDays(1))];

        await store.SaveAsync(rows[..1], default);
        await store.SaveAsync(rows[1..], default);

        (await store.ReadAsync(default)).Should().Equal(rows);
        (await Kinds()).Should().Equal("fingerprint.changed", "fingerprint.changed");
    }

    private async Task<IEnumerable<string>> Kinds() => (await _evidence.ReadAsync(null, 0, 100, default)).Select(record => record.Kind).Where(kind => kind != EvidenceKinds.LogCreated);
}
