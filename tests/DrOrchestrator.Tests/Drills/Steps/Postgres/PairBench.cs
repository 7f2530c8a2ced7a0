using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>Contexts for single steps over real servers: <c>one</c>, <c>two</c> and <c>three</c> of the system <c>ledger</c>. Their hosts are asked by the product's own script.</summary>
internal sealed class PairBench(PostgresServer primary, PostgresServer? standby = null, PostgresServer? third = null, TimeProvider? time = null, string user = "postgres") : IStepReads
{
    private static readonly Dictionary<string, string> NoTitle = [];

    public Dictionary<string, JsonObject> Outputs { get; } = [];

    public Dictionary<string, JsonObject> Intents { get; } = [];

    public DatabaseSessions Sessions { get; } = new(new ProcessClock(TimeProvider.System));

    public DatabaseHosts Hosts { get; } = new(new AllowedCommands([PostgresLab.HostProgram]), time ?? TimeProvider.System);

    public OtherServers Others => new(Hosts, Sessions, time ?? TimeProvider.System);

    public PostgresFenceStep Fence => new(Hosts, Sessions, Promotions, Others, time ?? TimeProvider.System);

    public PostgresPromoteStep Promote => new(Sessions, Promotions, Others, time ?? TimeProvider.System);

    public PromotionSight Promotions => new(Sessions, TimeProvider.System);

    public Estate Estate { get; } = Estate.None with
    {
        Databases = [Database("one", "primary", primary, user), .. standby is null ? [] : new[] { Database("two", "dr", standby, user) }, .. third is null ? [] : new[] { Database("three", "dr", third, user) }],
    };

    public StepContext Context(string kind, string with, string step = "s", int attempt = 1, double timeoutSeconds = 20, string? fencedBy = null)
    {
        var parameters = new StepParameters(JsonNode.Parse(with)!.AsObject());
        var made = new PlanStep(
            step, kind, NoTitle, "dr", parameters, [], null, fencedBy is null ? null : new Promotion("ledger", fencedBy), false, TimeSpan.FromSeconds(timeoutSeconds), 0, null);
        return new StepContext(7, "dro-7", made, attempt, 3, parameters, StepBench.Plan, Estate, "ann", [], this);
    }

    public JsonObject? IntentOf(string step) => Intents.GetValueOrDefault(step);

    public JsonObject? OutputsOf(string step) => Outputs.GetValueOrDefault(step);

    private static DatabaseDefinition Database(string name, string site, PostgresServer server, string user) => new(
        name,
        "ledger",
        site,
        new PostgresTarget(["127.0.0.1"], server.Port, "postgres", user, null, PostgresTls.Disable, null),
        new DatabaseHost.Command(PostgresLab.HostProgram, ["--data", server.DataFolder, "--bin", PostgresServer.Programs, "--inside", "--start", server.StartCommand]),
        name);
}
