using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Tests.Drills;

/// <summary>A plan's order is that of its needs, not that of its lines: so is the way back from it.</summary>
public sealed class RollbackOrderTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_StepIsWrittenBeforeTheOneItNeeds_TakesBackWhatBeganLastFirst()
    {
        _bench.Step("move", needs: ["pick"], with: """{"to":"${steps.pick.marker}"}""").Step("pick", needs: []).Step("last", needs: ["move"]);
        _bench.World.Next("last", new StepOutcome.Failed("no room"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        (view.RolledBack, view.Outcome, view.Failure).Should().Be((true, "failed", "step 'last' failed: no room"));
        _bench.World.Undone.Should().Equal("last", "move", "pick");
    }

    [Fact]
    public async Task Carry_KilledBetweenTwoUndos_TheOtherStillKnowsTheWordsItWasBegunWith()
    {
        _bench.Step("pick").Step("beside", needs: ["pick"]).Step("move", needs: ["pick"], with: """{"to":"${steps.pick.marker}"}""").Step("last", needs: ["move", "beside"]);
        _bench.World.Next("last", new StepOutcome.Failed("no room"));
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.UndoOutcome && draft.Step == "last" && written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).RolledBack.Should().BeTrue();
        _bench.World.Undone[^1].Should().Be("pick");
    }
}
