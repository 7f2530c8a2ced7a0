using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Duties;

/// <summary>Whether an old side is back, and whether its fence holds already, are two questions: neither waits for the other.</summary>
public sealed class OldSideTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly Fence _fence = new();

    [Fact]
    public async Task Look_TheProofHangs_TheSideAnswersAllTheSame()
    {
        _fence.Proves = async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return new FenceProof(true, [], []);
        };

        var look = LookAsync([]);
        _time.Advance(Patience);

        (await look).Should().Be(new OldSide(true, null));
    }

    [Fact]
    public async Task Look_TheProofBreaks_TheSideAnswersAllTheSame()
    {
        _fence.Proves = _ => throw new InvalidOperationException("no such pod");

        (await LookAsync([])).Should().Be(new OldSide(true, null));
    }

    [Fact]
    public async Task Look_TheSideIsDarkButItsFenceIsProved_IsHeld()
    {
        _fence.Prepares = () => throw new StepFailedException("the API does not answer");
        _fence.Proves = _ => Task.FromResult(new FenceProof(true, ["power is off"], []));

        (await LookAsync([])).Facts.Should().Equal("power is off");
    }

    [Fact]
    public async Task Look_NothingBegun_AsksForNoProof()
    {
        _fence.Proves = _ => throw new InvalidOperationException("asked");

        (await LookAsync(null)).Should().Be(new OldSide(true, null));
    }

    [Fact]
    public async Task Look_Dark_DoesNotAnswer()
    {
        _fence.Prepares = () => throw new StepFailedException("the API does not answer");

        (await LookAsync([])).Should().Be(new OldSide(false, null));
    }

    private Task<OldSide> LookAsync(JsonObject? begun) =>
        OldSide.LookAsync(_fence, new StepBench("").Context("fence", "{}"), begun, Patience, _time, CancellationToken.None, default);

    private sealed class Fence : IFenceKind
    {
        public Func<CancellationToken, Task<FenceProof>> Proves { get; set; } = _ => Task.FromResult(new FenceProof(false, [], ["not yet"]));

        public Action Prepares { get; set; } = () => { };

        public StepKindShape Shape { get; } = new("fence", StepEffect.Reversible, false, "", [], []);

        public Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => Proves(cancellationToken);

        public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
        {
            Prepares();
            return Task.FromResult(new JsonObject());
        }

        public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public string Describe(PlanStep step, Estate estate) => step.Name;
    }
}
