using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Benchmarks;

/// <summary>A step that does nothing but note when it was let: from one to the next lies exactly what the engine adds to a step.</summary>
internal sealed class NoOpStep : IStepKind
{
    public const string Word = "no-op";
    private readonly List<long> _at = [];

    public StepKindShape Shape { get; } = new(Word, StepEffect.None, NeedsSite: false, "Nothing", [], ["mark"]);

    /// <summary>Milliseconds between neighbours since the last call.</summary>
    public IReadOnlyList<double> TakeGaps()
    {
        var gaps = _at.Zip(_at.Skip(1), (one, next) => TimeProvider.System.GetElapsedTime(one, next).TotalMilliseconds).ToList();
        _at.Clear();
        return gaps;
    }

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new JsonObject { ["mark"] = context.Marker, ["replicasBefore"] = 1, ["uid"] = "6f1f6f7e-8a35-4f0b-9a57-3f6f5a0d9b11" });

    public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        lock (_at)
        {
            _at.Add(TimeProvider.System.GetTimestamp());
        }

        return Task.FromResult<StepOutcome>(new StepOutcome.Done(new JsonObject { ["mark"] = context.Marker }));
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "it has no effect"));

    public string Describe(PlanStep step, Estate estate) => "does nothing";
}
