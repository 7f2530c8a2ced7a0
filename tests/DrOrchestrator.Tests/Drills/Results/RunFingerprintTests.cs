using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.Drills.Results;

public sealed class RunFingerprintTests : IDatabaseFacts, IDatabaseVersions
{
    private static readonly PostgresTarget Server = new(["127.0.0.1"], 5432, "postgres", "dro", null, PostgresTls.Disable, null);
    private readonly Dictionary<string, DatabaseFacts> _facts = [];

    [Fact]
    public void Databases_OfARecoveryPoint_AreVersionAndModeTowardsEveryDeclaredStandby()
    {
        _facts["ledger-log"] = new DatabaseFacts(15, new Dictionary<string, string> { ["dr"] = "synchronous", ["primary"] = "asynchronous" });

        RunFingerprint.Databases(Plan(), Estate(withPoint: true), this, this).Should().Equal(
            new Dictionary<string, string> { ["database/ledger-log"] = "15", ["replication-mode/ledger-log/dr"] = "synchronous" });
    }

    [Fact]
    public void Databases_WithoutARecoveryPointThatReadsIt_AreWhatProbesSaw() =>
        RunFingerprint.Databases(Plan(), Estate(withPoint: false), this, this).Should().Equal(new Dictionary<string, string> { ["database/ledger-db"] = "16" });

    [Fact]
    public void Databases_NeverRead_AreAbsent() => RunFingerprint.Databases(Plan(), Estate(withPoint: true), this, this).Should().BeEmpty();

    public DatabaseFacts? Of(string recoveryPoint) => _facts.GetValueOrDefault(recoveryPoint);

    public int? MajorOf(string probe) => probe == "ledger-db" ? 16 : null;

    private static Plan Plan() => new(
        "failover", "failover.yaml", "hash", "1", new Dictionary<string, string>(), DrillKind.Failover, [RunMode.Live], ["ledger"], ["author"],
        new PlanContents(new Dictionary<string, string>(), ""), [], [], [], [], []);

    private static Estate Estate(bool withPoint)
    {
        ProtectedSystem ledger = new("ledger", new Dictionary<string, string>(), "d", "o", [], "primary", ["dr"], [], null, null, false, []);
        PostgresProbeSettings look = new(Server, PostgresProbeMode.Connect, null, null, ValueLimits.None, null, new PostgresExpectations(null, null, null), FreshConnection: true);
        PostgresPointSettings sites = new(new Dictionary<string, PostgresTarget> { ["primary"] = Server, ["dr"] = Server }, new Dictionary<string, string>(), null);
        return DrOrchestrator.Estates.Estate.None with
        {
            Systems = [ledger],
            Probes =
            [
                new("ledger-db", "ledger", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 1, look),
                new("cards-db", "cards", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 1, look),
            ],
            RecoveryPoints = withPoint ? [new RecoveryPointDefinition("ledger-log", "ledger", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), sites)] : [],
        };
    }
}
