using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Which kinds get a permit that ends with the lease.</summary>
public sealed class StepPermitTests
{
    [Theory]
    [InlineData(StepEffect.Reversible, false, true)]
    [InlineData(StepEffect.None, true, true)]
    [InlineData(StepEffect.None, false, false)]
    public async Task Carry_KindThatActsOrWorksAtAHost_HasAPermitThatEnds(StepEffect effect, bool atTheHost, bool ends)
    {
        var kind = new Noting(effect, atTheHost);
        await using var bench = new DrillBench { MoreKinds = { kind } };
        bench.Step("one", "noting");

        await bench.CarryAsync(await bench.OpenAsync());

        (kind.Left < TimeSpan.MaxValue).Should().Be(ends);
    }

    private sealed class Noting(StepEffect effect, bool atTheHost) : IStepKind
    {
        public TimeSpan? Left { get; private set; }

        public StepKindShape Shape { get; } = new("noting", effect, false, "", [], []) { NeedsDatabaseHost = atTheHost };

        public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(new JsonObject());

        public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
        {
            Left = context.Permit.Left;
            return Task.FromResult<StepOutcome>(new StepOutcome.Done([]));
        }

        public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => Task.FromResult(new Observation(ObservedAnswer.Happened, "", []));

        public string Describe(PlanStep step, Estate estate) => step.Name;
    }
}
