using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps;

/// <summary><c>wait</c>: lets time pass, so that a state is seen to hold.</summary>
internal sealed class WaitStep(TimeProvider time) : IStepKind
{
    public StepKindShape Shape { get; } = new(
        "wait",
        StepEffect.None,
        NeedsSite: false,
        "Lets time pass",
        [new ParameterShape("for", ParameterType.Duration, Required: true, "How long; shorter than the step's timeout")],
        []);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(new JsonObject { ["for"] = context.Parameters.Text("for") });

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        await Task.Delay(context.Parameters.Duration("for", TimeSpan.Zero), time, cancellationToken).ConfigureAwait(false);
        return new StepOutcome.Done([]);
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "waiting has no effect"));

    public string Describe(PlanStep step, Estate estate) => $"waits {step.Parameters.Text("for")}";
}
