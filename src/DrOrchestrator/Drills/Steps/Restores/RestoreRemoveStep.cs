using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Restores;

/// <summary><c>postgres.restore-remove</c>: removes what a <c>postgres.restore</c> left in its scratch place and proves it. There is nothing to take back; asked again, it says the same.</summary>
internal sealed class RestoreRemoveStep(RestoreHosts hosts) : IReversibleStepKind
{
    public StepKindShape Shape { get; } = new(
        "postgres.restore-remove",
        StepEffect.Reversible,
        NeedsSite: false,
        "Removes a restored server and its data, and proves that neither is there any more.",
        [
            new ParameterShape("place", ParameterType.RestorePlaceName, true, "Where it was restored."),
            new ParameterShape("restored-by", ParameterType.StepName, true, "The postgres.restore step."),
        ],
        ["mark", "processes", "folder", "port"]);

    public bool Undoes(PlanStep step) => false;

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var step = context.Parameters.Text("restored-by");
        var mark = context.Steps.IntentOf(step)?.Text("mark") ?? throw new StepFailedException($"step '{step}' has restored nothing in this run");
        return Task.FromResult(new JsonObject { ["place"] = RestoreHosts.PlaceOf(context).Name, ["mark"] = mark });
    }

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        RestoreRemoval.RunAsync(hosts, context, intent.Text("mark"), cancellationToken);

    /// <summary>Removing again repeats nothing that stands, and proves it anew.</summary>
    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "removing may be asked for again", OnlyByRepeating: true));

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) => Task.FromResult<StepOutcome>(new StepOutcome.Done([]));

    public string Describe(PlanStep step, Estate estate) => $"remove what step {step.Parameters.Text("restored-by")} restored at {step.Parameters.Text("place")}, and prove it";
}
