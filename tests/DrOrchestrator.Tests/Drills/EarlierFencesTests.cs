using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Whose fence a run may lift: that of the run it was started to close, as the journal has it.</summary>
public sealed class EarlierFencesTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new() { Serves = true };

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Find_RunThatClosesAnother_HasItsFenceWithTheEpochThatServesSince()
    {
        var (switched, back) = await SwitchedAndBackAsync();

        var found = await FindAsync(back);

        (found.Run, found.Plan, found.Step).Should().Be((switched, "plan", "fence"));
        found.ServedEpoch.Should().Be("7", "the promotion that this fence was proved for said so");
        found.Marks.Should().Equal($"{(await _bench.ShowAsync(switched)).Mark}-fence-1");
        found.Epoch.Should().Be((await _bench.EntriesAsync(switched)).Max(line => line.Epoch));
    }

    [Fact]
    public async Task Find_RunThatClosesNone_IsTold()
    {
        var (switched, _) = await SwitchedAndBackAsync();

        await Invoking(() => FindAsync(switched)).Should().ThrowAsync<StepFailedException>().WithMessage("this run closes no earlier run, so it has no fence to lift: start it with *--closes RUN)");
    }

    [Fact]
    public async Task Find_AnotherPlansRun_IsTold()
    {
        var (switched, back) = await SwitchedAndBackAsync();

        await Invoking(() => FindAsync(back, plans: "other")).Should().ThrowAsync<StepFailedException>()
            .WithMessage($"run {switched} was carried by plan 'plan'; its fence may be lifted here only after: other");
    }

    [Fact]
    public async Task Find_StepThatFencedNothing_IsTold()
    {
        var (switched, back) = await SwitchedAndBackAsync();

        await Invoking(() => FindAsync(back, "no-fence")).Should().ThrowAsync<StepFailedException>().WithMessage($"run {switched} has fenced nothing by a step 'no-fence'");
    }

    [Fact]
    public async Task Find_LiftThatWasTakenBack_IsAMarkOfTheFenceToo()
    {
        var (switched, back) = await SwitchedAndBackAsync();
        await _bench.OrderAsync(back, RunOrder.Abort);
        await _bench.CarryAsync(back);
        _bench.ForgetSteps();
        _bench.PlanText = "plan: back";
        _bench.World.Intents["lift"] = new JsonObject { ["ofRun"] = switched };
        _bench.Step("lift").Step("stuck");
        _bench.World.Next("stuck", new StepOutcome.Failed("no"));
        _bench.Restart();
        var failed = await _bench.OpenAsync(closes: switched);
        await _bench.CarryAsync(failed);
        (await _bench.ShowAsync(failed)).RolledBack.Should().BeTrue();

        var again = await _bench.OpenAsync(closes: switched);

        (await FindAsync(again)).Marks.Should().Equal($"{(await _bench.ShowAsync(switched)).Mark}-fence-1", $"{(await _bench.ShowAsync(failed)).Mark}-lift-1-undo");
    }

    [Fact]
    public async Task Find_AmongOtherRuns_ReadsEachJournalOnce()
    {
        var (switched, back) = await SwitchedAndBackAsync();
        await _bench.OrderAsync(back, RunOrder.Abort);
        await _bench.CarryAsync(back);
        await _bench.CarryAsync(await _bench.OpenAsync());
        var again = await _bench.OpenAsync(closes: switched);
        _bench.Journal!.Reads.Clear();

        await FindAsync(again);

        _bench.Journal.Reads.GroupBy(run => run).Where(run => run.Key != again && run.Count() > 1).Should().BeEmpty();
    }

    [Fact]
    public async Task Find_DutiesThatAnotherRunHasClosed_IsTold()
    {
        var (switched, back) = await SwitchedAndBackAsync();
        await _bench.Reading.AppendAnswerAsync(switched, new JournalDraft(JournalKinds.DutiesClosed, "system", new JsonObject { ["byRun"] = 99 }), _ => null, default);

        await Invoking(() => FindAsync(back)).Should().ThrowAsync<StepFailedException>().WithMessage($"run 99 has closed what run {switched} left to do; its fence is not this run's to lift");
    }

    private static Func<Task<T>> Invoking<T>(Func<Task<T>> act) => act;

    private Task<EarlierFence> FindAsync(long run, string step = "fence", string plans = "plan") =>
        _bench.Process.GetRequiredService<IEarlierFences>().FindAsync(run, step, [plans], default);

    private async Task<(long Switched, long Back)> SwitchedAndBackAsync()
    {
        _bench.Step("fence").Step("promote", promotes: new Promotion("ledger", "fence"));
        _bench.World.Next("promote", new StepOutcome.Done(new JsonObject { ["epoch"] = 7 }));
        var switched = await _bench.OpenAsync();
        await _bench.CarryAsync(switched);
        (await _bench.ShowAsync(switched)).Outcome.Should().Be("switched-not-returned");
        return (switched, await _bench.OpenAsync(closes: switched));
    }
}
