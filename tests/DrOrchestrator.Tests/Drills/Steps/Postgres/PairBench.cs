using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>Contexts for single steps over real servers; hosts are not asked.</summary>
internal sealed class PairBench(PostgresServer primary, PostgresServer? standby = null) : IStepReads
{
    private static readonly Dictionary<string, string> NoTitle = [];

    public Dictionary<string, JsonObject> Outputs { get; } = [];

    public DatabaseSessions Sessions { get; } = new(new ProcessClock(TimeProvider.System));

    public DatabaseHosts Hosts { get; } = new(AllowedCommands.None, TimeProvider.System);

    public PromotionSight Promotions => new(Sessions, TimeProvider.System);

    public Estate Estate { get; } = Estate.None with
    {
        Databases = [Database("one", "primary", primary), .. standby is null ? [] : new[] { Database("two", "dr", standby) }],
    };

    public StepContext Context(string kind, string with, string step = "s", int attempt = 1, double timeoutSeconds = 20, string? fencedBy = null)
    {
        var parameters = new StepParameters(JsonNode.Parse(with)!.AsObject());
        var made = new PlanStep(
            step, kind, NoTitle, "dr", parameters, [], null, fencedBy is null ? null : new Promotion("ledger", fencedBy), false, TimeSpan.FromSeconds(timeoutSeconds), 0, null);
        return new StepContext(7, "dro-7", made, attempt, 3, parameters, StepBench.Plan, Estate, "ann", [], this);
    }

    public JsonObject? IntentOf(string step) => null;

    public JsonObject? OutputsOf(string step) => Outputs.GetValueOrDefault(step);

    private static DatabaseDefinition Database(string name, string site, PostgresServer server) =>
        new(name, "ledger", site, new PostgresTarget(["127.0.0.1"], server.Port, "postgres", "postgres", null, PostgresTls.Disable, null), null, name);
}
