using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Owners;

/// <summary>A real run takes the place of a drill that holds its system.</summary>
public sealed class RunLocksTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_RealOverADrillInTheMiddleOfAStep_TheDrillStopsWithoutUndoingAndHandsOver()
    {
        _bench.Step("one").Step("two", timeout: TimeSpan.FromMinutes(10));
        var inFlight = _bench.World.Hangs("two", lands: true);
        var drill = await _bench.OpenAsync();
        var drilling = _bench.CarryAsync(drill);
        await inFlight;

        var real = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(real);
        await drilling;

        var pre = await _bench.ShowAsync(drill);
        pre.Outcome.Should().Be("pre-empted");
        pre.RolledBack.Should().BeFalse();
        pre.Failure.Should().Be($"pre-empted by run {real}: a real run needs system 'ledger': because");
        pre.Stop!.Reached!.Observed.Should().Equal("two: done");
        _bench.World.Undone.Should().BeEmpty();
        (await _bench.ShowAsync(real)).Outcome.Should().Be("passed");
        _bench.Queued.Should().Contain([drill, real]);
        (await _bench.EntriesAsync(real)).Select(entry => entry.Kind).Should().ContainInOrder(JournalKinds.WaitsForLock, JournalKinds.Locked, JournalKinds.Intent);
    }

    /// <summary>No real run takes a system from another real one, not by break-glass either: two of them would act on it. Whoever may run one may end the other, in whatever state it is.</summary>
    [Fact]
    public async Task Start_RealOverARealRunThatNobodyLooksAfter_IsRefusedUntilThatOneIsEnded()
    {
        _bench.Step("one");
        _bench.World.Next("one", new StepOutcome.Unknown("no answer"));
        _bench.World.CannotTell = true;
        var forgotten = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(forgotten);

        var refused = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Real, "the next incident", DrillBench.Operator), default);
        (await _bench.OrderAsync(forgotten, RunOrder.Abort, DrillBench.Colleague)).Accepted.Should().BeTrue();
        await _bench.CarryAsync(forgotten);
        (await _bench.Drills.AnswerAsync(forgotten, "observe:one:1", DrillBench.Colleague, false, "looked: it did not", default)).Accepted.Should().BeTrue();
        await _bench.CarryAsync(forgotten);
        var close = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Single(item => item.Name.EndsWith("close", StringComparison.Ordinal)).Name;
        await _bench.Drills.AnswerAsync(forgotten, close, DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(forgotten);
        var next = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(next);

        refused.Should().BeOfType<StartResult.Refused>().Which.Detail.Should().Be($"System 'ledger' is held by run {forgotten}, which is not closed. Follow it with: dro drill show {forgotten}");
        (await _bench.ShowAsync(forgotten)).Outcome.Should().Be("aborted");
        (await _bench.EntriesAsync(next)).Should().Contain(entry => entry.Kind == JournalKinds.Locked);
    }

    [Fact]
    public async Task Carry_RealOverADrillThatWaitsForAPerson_ClosesItInFrontOfItsFirstEffect()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _bench.Step("one");
        var drill = await _bench.OpenAsync();
        await _bench.CarryAsync(drill);
        var real = await _bench.OpenAsync(RunMode.Real);
        var carried = _bench.CarryAsync(real);
        await UntilAsync(drill, JournalKinds.PreEmptAsked);

        await _bench.CarryAsync(drill);
        await carried;

        (await _bench.ShowAsync(drill)).Outcome.Should().Be("pre-empted");
        (await _bench.ShowAsync(real)).WaitingFor.Should().Be("approval 'run-approval' by approver", "it holds its system, and asks as every run does");
    }

    [Theory]
    [InlineData(JournalKinds.PreEmptAsked)]
    [InlineData(JournalKinds.Stopped)]
    [InlineData(JournalKinds.Closed)]
    public async Task Carry_DrillDiesWhileItIsPreEmpted_TheNextOwnerHandsOverAndDoesNothingElse(string diesAfter)
    {
        _bench.Step("one").Step("two", timeout: TimeSpan.FromMinutes(10)).Step("three");
        var preempted = false;
        _bench.Restart((draft, written) => preempted && draft.Kind == diesAfter && written);
        var inFlight = _bench.World.Hangs("two", lands: true);
        var drill = await _bench.OpenAsync();
        var drilling = _bench.CarryAsync(drill);
        await inFlight;
        preempted = true;
        await PreEmptAsync(drill);
        await drilling.ContinueWith(_ => { }, TaskScheduler.Default);
        _bench.Restart();

        await _bench.CarryAsync(drill);

        (await _bench.ShowAsync(drill)).Outcome.Should().Be("pre-empted");
        _bench.World.Story.Should().NotContain("execute three");
        _bench.World.Undone.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_DrillDoesNotHandOver_AsksForBreakGlassAndTakesItAway()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("one");
        var drill = await _bench.OpenAsync();
        var silent = await _bench.Reading.ClaimAsync(drill, "an owner that does not hear", (_, _) => [], default);
        var real = await _bench.OpenAsync(RunMode.Real);
        await CarryAsync(real, clock);
        var waiting = await _bench.ShowAsync(real);

        var codes = new List<string>();
        foreach (var (person, note) in new (DrOrchestrator.Estates.Person, string?)[] { (DrillBench.Operator, "mine"), (DrillBench.Approver, null), (DrillBench.Approver, "it burns"), (DrillBench.Other, "I see it too") })
        {
            codes.Add((await _bench.Drills.AnswerAsync(real, $"break-glass:{drill}", person, true, note, default)).Code);
        }

        await CarryAsync(real, clock);
        var late = () => _bench.Reading.AppendAsync(drill, silent.Epoch, new JournalDraft(JournalKinds.Phase, "system", new() { ["phase"] = "x" }), default);

        waiting.WaitingFor.Should().Be($"break-glass 'break-glass:{drill}' by approver");
        codes.Should().Equal("own-run", "reason-missing", "accepted", "accepted");
        (await _bench.ShowAsync(real)).Outcome.Should().Be("passed");
        var view = await _bench.ShowAsync(drill);
        view.Outcome.Should().Be("pre-empted");
        view.Failure.Should().Be($"its systems were taken away by run {real} (break-glass by chen, zhao)");
        await late.Should().ThrowAsync<StaleEpochException>("whoever carried the drill can write nothing more");
    }

    [Fact]
    public async Task Carry_SeizedDrillHadAPromotionInFlight_BeginsNothingBeforeItsTimeIsOver()
    {
        var (drill, real, clock) = await SeizedInFlightAsync();

        var waiting = await _bench.ShowAsync(real);
        var closed = (await _bench.EntriesAsync(drill))[^1].Data;
        var begun = _bench.World.Landed.ToList();
        clock.Advance(TimeSpan.FromSeconds(129));
        await _bench.CarryAsync(real);
        var justBefore = _bench.World.Landed.ToList();
        clock.Advance(TimeSpan.FromSeconds(1));
        await _bench.CarryAsync(real);

        waiting.WaitingFor.Should().Be($"break-glass 'break-glass:{drill}:in-flight' by approver");
        closed["duties"]!.AsArray().Select(duty => duty!.GetValue<string>()).Should().Equal("find out whether step 'promote' happened: nobody knows", "find out what it left behind: nobody looked when it was ended");
        begun.Should().BeEmpty();
        justBefore.Should().BeEmpty();
        _bench.World.Landed.Should().Equal("fence", "promote");
        (await _bench.ShowAsync(real)).Outcome.Should().Be("switched-not-returned");
    }

    [Fact]
    public async Task Carry_SeizedDrillHadAPromotionInFlight_TwoPeopleMaySayToBeginAtOnce()
    {
        var (drill, real, _) = await SeizedInFlightAsync();
        _bench.Restart();
        await _bench.CarryAsync(real);
        var afterACrash = _bench.World.Landed.ToList();

        foreach (var person in new[] { DrillBench.Approver, DrillBench.Other })
        {
            (await _bench.Drills.AnswerAsync(real, $"break-glass:{drill}:in-flight", person, true, "its network is cut", default)).Code.Should().Be("accepted");
        }

        await _bench.CarryAsync(real);

        afterACrash.Should().BeEmpty("who takes over waits as well");
        _bench.World.Landed.Should().Equal("fence", "promote");
        (await _bench.ShowAsync(real)).Overrides.Should().HaveCount(2);
    }

    [Fact]
    public async Task Start_RealOverARunThatCarriesOutADutyToFence_TakesItsPlace()
    {
        _bench.Step("one").Step("two");
        var duty = await DutyAsync();
        _bench.World.StillMay = true;
        _bench.World.Next("one", new StepOutcome.Unknown("no answer"));
        await _bench.CarryAsync(duty);
        var stuck = await _bench.ShowAsync(duty);
        _bench.World.StillMay = false;

        var real = await _bench.OpenAsync(RunMode.Real);
        var carried = _bench.CarryAsync(real);
        await UntilAsync(duty, JournalKinds.PreEmptAsked);
        await _bench.CarryAsync(duty);
        await carried;

        stuck.WaitingFor.Should().StartWith("step-observation");
        (await _bench.ShowAsync(duty)).Outcome.Should().Be("pre-empted");
        (await _bench.ShowAsync(real)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Start_RealOverAnotherRealRun_IsRefusedWithTheHolder()
    {
        _bench.Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        var first = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(first);

        var second = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Real, "again", DrillBench.Operator), default);
        var drill = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "again", DrillBench.Operator), default);

        foreach (var refused in new[] { second, drill })
        {
            refused.Should().BeOfType<StartResult.Refused>().Which.Detail.Should().Be($"System 'ledger' is held by run {first}, which is not closed. Follow it with: dro drill show {first}");
        }
    }

    /// <summary>A drill that does not hear, whose owner was heard of a moment ago and is in the middle of a promotion of two minutes; two people have taken its system away.</summary>
    private async Task<(long Drill, long Real, FakeTimeProvider Clock)> SeizedInFlightAsync()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("fence").At("primary").Step("promote", timeout: TimeSpan.FromMinutes(2), promotes: new Promotion("ledger", "fence"));
        var drill = await _bench.OpenAsync();
        var silent = await _bench.Reading.ClaimAsync(drill, "an owner that does not hear", (_, _) => [], default);
        await _bench.Reading.AppendAsync(drill, silent.Epoch, new JournalDraft(JournalKinds.Intent, "system", new() { ["kind"] = "act", ["site"] = "dr", ["intent"] = new System.Text.Json.Nodes.JsonObject() }, "promote", 1), default);
        var real = await _bench.OpenAsync(RunMode.Real);
        await CarryAsync(real, clock);
        (await _bench.Drills.PendingAsync(null, default)).Single().Question.Should().EndWith("may still act: promote. This run then begins nothing for up to 130s.");
        foreach (var person in new[] { DrillBench.Approver, DrillBench.Other })
        {
            await _bench.Drills.AnswerAsync(real, $"break-glass:{drill}", person, true, "it burns", default);
        }

        await _bench.Reading.RenewAsync(drill, silent.Epoch, default);
        await _bench.CarryAsync(real);
        return (drill, real, clock);
    }

    private async Task<long> DutyAsync()
    {
        var plan = _bench.Process.GetRequiredService<PlanLibrary>().All["plan"];
        var opened = (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(
            $$"""{"plan":"fence-duty-of-run-7","planOf":"plan","planFile":"{{plan.File}}","planHash":"{{plan.Hash}}","planVersion":"1","estateHash":"hash","mode":"real","kind":"failover","strength":"real","systems":["ledger"],"requester":"system","authors":[],"reason":"The old side answers","fenceDutyOf":7,"fenceDutyStep":"one"}""")!;
        return (await _bench.Reading.OpenAsync("system", plan.Systems, opened, [], default)).Run!.Value;
    }

    private async Task PreEmptAsync(long drill)
    {
        var asked = new JournalDraft(JournalKinds.PreEmptAsked, "system", new() { ["reason"] = "a real run needs system 'ledger': fire", ["forRun"] = 99 });
        await _bench.Second().GetRequiredService<IDrillJournal>().AppendAnswerAsync(drill, asked, _ => null, default);
        _bench.Process.GetRequiredService<RunSignals>().Order(drill);
    }

    private async Task UntilAsync(long run, string kind)
    {
        while ((await _bench.EntriesAsync(run)).All(entry => entry.Kind != kind))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private async Task CarryAsync(long run, FakeTimeProvider clock)
    {
        var carrying = _bench.CarryAsync(run);
        while (!carrying.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await carrying;
    }
}
