using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills.Stops;

/// <summary>A broken guardrail stops the run through the same path as a person, and says what it saw.</summary>
public sealed class GuardrailsTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_GuardrailIsBroken_PausesWithWhatWasSeenOnRecord()
    {
        Watch(GuardrailAction.Pause);
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10)).Step("two");
        var inFlight = _bench.World.Hangs("one", lands: true);
        _bench.RailHolds = () => !inFlight.IsCompleted;
        var run = await _bench.OpenAsync();

        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.WaitingFor.Should().Be("paused by system: guardrail 'rail' is broken: found 99 %, asked at most 80 %");
        view.Breaches.Should().Equal(new GateResult("rail", false, "99 %", "at most 80 %", "load of dr", TimeSpan.FromSeconds(1), ""));
        view.Stop.Should().BeEquivalentTo(new { What = "paused", By = "system" });
        view.Stop!.Reached!.Observed.Should().Equal("one: done");
        view.Stop.Reached.NotBegun.Should().Equal("two");
    }

    [Fact]
    public async Task Carry_GuardrailThatGetsNoAnswer_IsGivenUpAtTheLimitOfItsKind()
    {
        // fence-provable waits for a beat of a kubelet: cut at the 10 s of other gates, it would stop runs over healthy nodes.
        Watch(GuardrailAction.Pause);
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10));
        _ = _bench.World.Hangs("one", lands: true);
        _bench.RailHangs = TimeSpan.FromMilliseconds(70);
        var run = await _bench.OpenAsync();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Breaches.Should().Contain(breach => breach.Value == "no answer within 70ms");
    }

    [Fact]
    public async Task Carry_GuardrailHoldsAgainAndAPersonResumes_GoesOn()
    {
        Watch(GuardrailAction.Pause);
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10)).Step("two");
        var inFlight = _bench.World.Hangs("one", lands: true);
        _bench.RailHolds = () => !inFlight.IsCompleted;
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        _bench.RailHolds = () => true;
        await _bench.OrderAsync(run, RunOrder.Resume);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Carry_GuardrailThatAborts_RollsBackAndCloses()
    {
        Watch(GuardrailAction.Abort);
        _bench.Step("one").Step("two", timeout: TimeSpan.FromMinutes(10)).Step("three");
        var inFlight = _bench.World.Hangs("two", lands: false);
        _bench.RailHolds = () => !inFlight.IsCompleted;
        var run = await _bench.OpenAsync();

        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Failure.Should().Be("aborted by system: guardrail 'rail' is broken: found 99 %, asked at most 80 %");
        view.RolledBack.Should().BeTrue();
        _bench.World.Story.Should().NotContain("execute three");
    }

    [Fact]
    public async Task Carry_GuardrailWithABeginning_IsNotLookedAtBefore()
    {
        Watch(GuardrailAction.Pause, from: "two");
        _bench.Step("one", "task", with: """{"role":"operator","text":"Look"}""").Step("two", timeout: TimeSpan.FromMinutes(10));
        var inFlight = _bench.World.Hangs("two", lands: true);
        _bench.RailHolds = () => false;
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        var looks = _bench.RailLooks;
        await _bench.Drills.AnswerAsync(run, "one", DrillBench.Operator, true, null, default);

        await _bench.CarryAsync(run);

        looks.Should().Be(0);
        inFlight.IsCompleted.Should().BeTrue();
        (await _bench.ShowAsync(run)).WaitingFor.Should().StartWith("paused by system");
    }

    [Fact]
    public async Task Carry_GuardrailWithAnEnd_IsNotLookedAtBehindIt()
    {
        Watch(GuardrailAction.Abort, to: "one");
        _bench.Step("one").Step("two", "task", with: """{"role":"operator","text":"Look"}""").Step("three");
        _bench.RailHolds = () => !_bench.World.Landed.Contains("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "two", DrillBench.Operator, true, null, default);

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Carry_OwnerDiesRightBehindTheBreach_TheNextOneStopsToo()
    {
        Watch(GuardrailAction.Abort);
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10)).Step("two");
        var inFlight = _bench.World.Hangs("one", lands: true);
        _bench.RailHolds = () => !inFlight.IsCompleted;
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Guardrail && written);
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await inFlight;
        await WaitForAsync(run, JournalKinds.Guardrail);
        await _bench.OrderAsync(run, RunOrder.Abort, reason: "the bench ends the hanging call");
        await FluentActions.Awaiting(() => carried).Should().ThrowAsync<Exception>();

        _bench.RailHolds = () => true;
        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Story.Should().NotContain("execute two");
    }

    private void Watch(GuardrailAction then, string? from = null, string? to = null) =>
        _bench.Guardrails.Add(new PlanGuardrail(new PlanCheck("rail", StepParameters.None), then, TimeSpan.FromMilliseconds(20), from, to));

    private async Task WaitForAsync(long run, string kind)
    {
        while ((await _bench.EntriesAsync(run)).All(entry => entry.Kind != kind))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
