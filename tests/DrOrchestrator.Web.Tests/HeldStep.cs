using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Web.Tests;

/// <summary>A step whose effect has happened as soon as it has begun, and whose answer comes when the test lets it.</summary>
internal sealed class HeldStep(string kind) : IReversibleStepKind
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StepKindShape Shape { get; } = new(kind, StepEffect.Reversible, NeedsSite: false, "Held by a test", [], []);

    public Task Begun => _begun.Task;

    public int Executed { get; private set; }

    public int Observed { get; private set; }

    public void Release() => _released.TrySetResult();

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(new JsonObject());

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        Executed++;
        _begun.TrySetResult();
        await _released.Task;
        return new StepOutcome.Done([]);
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        Observed++;
        return Task.FromResult(new Observation(ObservedAnswer.Happened, "it has begun"));
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) => Task.FromResult<StepOutcome>(new StepOutcome.Done([]));

    public string Describe(PlanStep step, Estate estate) => "is held by a test";
}
