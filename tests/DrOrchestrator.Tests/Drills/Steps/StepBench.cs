using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>Contexts for steps of one run, and the journal they may read.</summary>
internal sealed class StepBench(string kubeconfig, string context = "primary") : IStepReads
{
    private static readonly Dictionary<string, string> NoTitle = [];

    public Dictionary<string, JsonObject> Intents { get; } = [];

    public Dictionary<string, JsonObject> Outputs { get; } = [];

    /// <summary>When a request of a step left to which no answer came.</summary>
    public Dictionary<string, DateTimeOffset> Unanswered { get; } = [];

    public List<ServiceEndpoint> Endpoints { get; } = [];

    public Estate Estate => new(
        "test", ".", "", true, [new Site("primary", SiteRole.Production, null, kubeconfig, context)], [], Endpoints, [], [], [], [], []);

    public static Plan Plan { get; } = new(
        "p", "p.yaml", "", "1", NoTitle, DrillKind.Failover, [RunMode.Live], [], [], new PlanContents(NoTitle, "v"), [], [], [], [], []);

    public StepContext Context(string kind, string with, string step = "s", int attempt = 1, int timeoutSeconds = 20) => new(
        7,
        "dro-7",
        new PlanStep(step, kind, NoTitle, "primary", Parameters(with), [], null, null, false, TimeSpan.FromSeconds(timeoutSeconds), 0, null),
        attempt,
        3,
        Parameters(with),
        Plan,
        Estate,
        "ann",
        [],
        this);

    /// <summary>Of a <c>k8s.apply</c> step, with the file that its plan was read with.</summary>
    public StepContext ContextOfManifest(string ns, string manifest, bool force = false, int attempt = 1, int timeoutSeconds = 20)
    {
        var problems = new Problems();
        var read = ManifestReader.Read("app.yaml", Encoding.UTF8.GetBytes(manifest), problems) ?? throw new InvalidOperationException(string.Join('\n', problems.Sorted()));
        return Context("k8s.apply", $$"""{"namespace":"{{ns}}","manifest":"app.yaml","force":{{(force ? "true" : "false")}}}""", attempt: attempt, timeoutSeconds: timeoutSeconds) with
        {
            Plan = Plan with { Manifests = new Dictionary<string, Manifest> { ["app.yaml"] = read } },
        };
    }

    public static StepParameters Parameters(string with) => new(JsonNode.Parse(with)!.AsObject());

    public JsonObject? IntentOf(string step) => Intents.GetValueOrDefault(step);

    public JsonObject? OutputsOf(string step) => Outputs.GetValueOrDefault(step);

    public DateTimeOffset? UnansweredAt(string step) => Unanswered.TryGetValue(step, out var at) ? at : null;
}
