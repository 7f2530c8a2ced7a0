using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>
/// <c>k8s.unfence</c>: lifts a fence, which is safe only once the old side is a standby in its own data and nothing there can promote it any more. Undo holds it at 0 again.
/// </summary>
internal sealed class K8sUnfenceStep(FenceLift lift) : IReversibleStepKind, IStandingKind
{
    public StepKindShape Shape { get; } = new(
        "k8s.unfence",
        StepEffect.Reversible,
        NeedsSite: true,
        "Lifts a fence: gives the held workloads replicas again, once the old side has been rejoined as standby.",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("fence", ParameterType.StepName, true, "The k8s.fence step that holds them."),
            new ParameterShape("rejoined-by", ParameterType.StepName, true, "The step whose output 'role' says 'standby'."),
            new ParameterShape("workloads", ParameterType.Object, true, "Replicas by workload: { \"statefulset/NAME\": 1 }; 0 keeps it down."),
        ],
        ["workloads"]) { LiftsFence = "fence" };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var fenceStep = context.Parameters.Text("fence");
        var fence = context.Steps.IntentOf(fenceStep) is { } json
            ? FenceIntent.From(json)
            : throw new StepFailedException($"step '{fenceStep}' has fenced nothing in this run");
        if (fence.Site != context.Site() || fence.Namespace != context.Namespace())
        {
            throw new StepFailedException($"step '{fenceStep}' fenced {fence.Namespace} at {fence.Site}, not {context.Namespace()} at {context.Site()}");
        }

        FenceLift.RequireStandby(context);
        var workloads = await lift.MeantAsync(context, fence, cancellationToken).ConfigureAwait(false);
        return await lift.ActiveJobAsync(context, cancellationToken).ConfigureAwait(false) is { } active
            ? throw new StepFailedException(active)
            : new JsonObject { ["site"] = fence.Site, ["namespace"] = fence.Namespace, ["workloads"] = workloads };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            if (await lift.ActiveJobAsync(context, cancellationToken).ConfigureAwait(false) is { } active)
            {
                return FenceLift.NotNow(context, active);
            }
        }
        catch (StepFailedException e)
        {
            return FenceLift.NotNow(context, e.Message);
        }

        return await lift.ApplyAsync(context, intent, undo: false, cancellationToken).ConfigureAwait(false) ?? new StepOutcome.Done(Outputs(intent));
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        lift.ObserveAsync(context, intent, Outputs(intent), cancellationToken);

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => FenceLift.TargetsOf(context);

    public Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => lift.ContradictionAsync(context, intent, cancellationToken);

    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        await lift.ApplyAsync(context, intent, undo: true, cancellationToken).ConfigureAwait(false) ?? new StepOutcome.Done([]);

    public string Describe(PlanStep step, Estate estate) =>
        $"lift the fence of step {step.Parameters.Text("fence")} in {step.Parameters.Text("namespace")} at {step.Site}: {step.Parameters.Object("workloads")?.ToJsonString()}";

    private static JsonObject Outputs(JsonObject intent) => new() { ["workloads"] = FenceLift.Replicas(intent) };
}
