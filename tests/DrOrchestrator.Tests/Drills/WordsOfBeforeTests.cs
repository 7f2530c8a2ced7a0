using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary>A word counts for the world that it was said about, and from whom it may come.</summary>
public sealed class WordsOfBeforeTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task RollBack_ChosenOverAnEarlierFailure_IsAskedForAnew()
    {
        _bench.Serves = false;
        _bench.Step("one").Step("two", timeout: TimeSpan.FromMilliseconds(500)).Step("three");
        _bench.World.Next("two", new StepOutcome.Failed("no room"));
        _bench.World.Next("two", new StepOutcome.Failed("still no room"));
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);

        await _bench.Drills.AnswerAsync(run, "decide:two:1:go-on", DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);
        var second = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Select(item => item.Name).ToList();

        second.Should().BeEquivalentTo("decide:two:2:go-on", "decide:two:2:roll-back", "decide:two:2:close");
        _bench.World.Undone.Should().BeEmpty();
    }

    [Fact]
    public async Task Close_ChosenBeforeThePeopleMendedTheWorld_IsNotActedOnAgain()
    {
        _bench.Serves = false;
        _bench.Step("one").Step("two");
        _bench.World.Next("two", new StepOutcome.Failed("no room"));
        _bench.World.Next("two", new StepOutcome.Failed("no room yet"));
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "decide:two:1:close", DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);
        var nobodyServes = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Single();

        await _bench.Drills.AnswerAsync(run, nobodyServes.Name, DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);

        nobodyServes.Kind.Should().Be("retry");
        (await _bench.ShowAsync(run)).ClosedAt.Should().BeNull();
        (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Select(item => item.Name).Should().BeEquivalentTo("decide:two:2:go-on", "decide:two:2:roll-back", "decide:two:2:close");
    }

    [Fact]
    public async Task WithoutAFence_OldSideBackBeforeThePromotion_IsFencedFirst()
    {
        _bench.Step("fence").At("primary").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"));
        _bench.Have(DrillBench.Operator, DrillBench.Colleague, DrillBench.Approver, DrillBench.Other);
        _bench.World.Dark.Add("fence");
        _bench.World.Next("promote", new StepOutcome.Failed("the standby is not ready"));
        var run = await _bench.OpenRealAsync();
        await _bench.CarryAsync(run);
        foreach (var person in new[] { DrillBench.Approver, DrillBench.Other })
        {
            await _bench.Drills.AnswerAsync(run, "break-glass:unfenced:promote", person, true, "the site burns", default);
            await _bench.CarryAsync(run);
        }

        foreach (var item in (await _bench.Drills.PendingAsync(null, default)).Where(item => item.Kind == "step-approval"))
        {
            await _bench.Drills.AnswerAsync(run, item.Name, DrillBench.Approver, true, null, default);
            await _bench.CarryAsync(run);
        }

        _bench.World.Dark.Clear();
        await _bench.Drills.AnswerAsync(run, "decide:promote:1:go-on", DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);
        foreach (var item in (await _bench.Drills.PendingAsync(null, default)).Where(item => item.Kind == "step-approval"))
        {
            await _bench.Drills.AnswerAsync(run, item.Name, DrillBench.Approver, true, null, default);
            await _bench.CarryAsync(run);
        }

        _bench.World.Landed.Should().Equal("fence", "promote");
        (await _bench.EntriesAsync(run)).Last(entry => entry.Kind == JournalKinds.Intent && entry.Step == "promote").Data["unfenced"].Should().BeNull("its fence was proved");
        (await _bench.ShowAsync(run)).UnfencedBehind.Should().BeEmpty();
    }

    [Fact]
    public async Task Resume_Refused_IsAnAbortByThatPersonAndRollsBack()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && written);
        var run = await _bench.OpenAsync();
        var carry = () => _bench.CarryAsync(run);
        await carry.Should().ThrowAsync<CrashingJournal.Killed>();
        clock.Advance(LeaseClaim.ResumeWithin + TimeSpan.FromSeconds(30));
        _bench.Restart();
        await _bench.CarryAsync(run);
        var asked = (await _bench.Drills.PendingAsync(null, default)).Single();

        await _bench.Drills.AnswerAsync(run, asked.Name, DrillBench.Colleague, false, "the ledger serves from nowhere", default);
        await _bench.CarryAsync(run);

        asked.Kind.Should().Be("resume");
        var view = await _bench.ShowAsync(run);
        (view.Outcome, view.RolledBack).Should().Be(("aborted", true));
        view.Failure.Should().Be("aborted by wang: refused to resume: the ledger serves from nowhere");
        _bench.World.Undone.Should().Contain("one");
        _bench.World.Landed.Should().Equal("one");
    }

    [Fact]
    public async Task Order_ByARoleForRehearsalsAlone_StopsNoLiveRun()
    {
        var trainee = DrillBench.Colleague with { Id = "trainee", ModesOf = new Dictionary<PersonRole, IReadOnlyList<string>> { [PersonRole.Operator] = ["rehearsal"] } };
        _bench.Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var codes = new List<string> { (await _bench.OrderAsync(run, RunOrder.Abort, trainee)).Code, (await _bench.OrderAsync(run, RunOrder.Pause, trainee)).Code };
        await _bench.OrderAsync(run, RunOrder.Pause);
        codes.Add((await _bench.OrderAsync(run, RunOrder.Resume, trainee)).Code);

        codes.Should().Equal("role-missing", "role-missing", "role-missing");
    }

    [Fact]
    public void CarriedRuns_LetGoAndBegunByAnother_StaysTheOthers()
    {
        var carried = new CarriedRuns();

        carried.Begin(1).Should().BeTrue();
        carried.Begin(1).Should().BeFalse("it is carried; its carrier looks once more");
        carried.LetGo(1).Should().BeFalse();
        carried.LetGo(1).Should().BeTrue();
        carried.Begin(1).Should().BeTrue("nobody carries it now");
        carried.Begin(1).Should().BeFalse("the second one does");
        carried.Drop(1);
        carried.Begin(1).Should().BeTrue();
    }
}
