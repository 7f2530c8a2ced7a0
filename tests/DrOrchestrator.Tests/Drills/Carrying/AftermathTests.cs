using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Carrying;

/// <summary>What a run does once something failed and undoing would not help: it never closes over a service that is down without a person's word.</summary>
public sealed class AftermathTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new() { Serves = true };

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_WayBackFailsAndNobodyServes_WaitsSaysSoAndGoesOnWhenToldTo()
    {
        var run = await StrandedAsync(wayBack: true);
        var waiting = await _bench.ShowAsync(run);
        var asked = (await _bench.Drills.PendingAsync(DrillBench.Operator, default)).Single();
        await CarryAsync(run);

        _bench.Serves = true;
        await _bench.Drills.AnswerAsync(run, asked.Name, DrillBench.Operator, true, "mended", default);
        await CarryAsync(run);

        waiting.WaitingFor.Should().Be("retry 'retry:1' by operator");
        asked.Question.Should().StartWith("NOBODY SERVES: probe posting: down. The run stopped: step 'promote-back' failed: no room. Sites: ledger: last promoted at primary.");
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("passed");
        view.Steps.Single(step => step.Name == "promote-back").Attempts.Should().Be(2);
        _bench.World.Undone.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_NobodyServesAndAPersonEndsTheRun_ClosesAsFailedWithTheDuty()
    {
        var run = await StrandedAsync(wayBack: true);

        await _bench.Drills.AnswerAsync(run, "retry:1", DrillBench.Operator, false, "by hand", default);
        await CarryAsync(run);

        var closed = (await _bench.EntriesAsync(run))[^1].Data;
        closed.Text("outcome").Should().Be("failed");
        closed.Flag("serves").Should().BeFalse();
        closed.Texts("duties").Should().Contain("restore the service: nobody serves");
        closed.Text("reason").Should().Be("step 'promote-back' failed: no room; retry 'retry:1' was refused by li-wei: by hand");
    }

    [Fact]
    public async Task Carry_WayBackFailsWhileTheNewSideServes_IsSwitchedNotReturned()
    {
        var run = await StrandedAsync(wayBack: true, serves: true);

        var closed = (await _bench.EntriesAsync(run))[^1].Data;
        closed.Text("outcome").Should().Be("switched-not-returned");
        closed.Flag("serves").Should().BeTrue();
        closed.Texts("duties").Should().HaveCount(2);
    }

    [Fact]
    public async Task Carry_FailsBehindAPointOfNoReturnAndNobodyServes_AsksAgainEachTime()
    {
        var run = await StrandedAsync(wayBack: false);
        _bench.World.Next("promote-back", new StepOutcome.Failed("still no room"));

        await _bench.Drills.AnswerAsync(run, "retry:1", DrillBench.Operator, true, null, default);
        await CarryAsync(run);

        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("retry 'retry:2' by operator");
        _bench.World.Undone.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_RollbackLeavesNobodyServing_AsksForTheServiceAndLooksAgain()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("one").Step("two");
        _bench.World.Next("two", (_, _) =>
        {
            _bench.Serves = false;
            return Task.FromResult<StepOutcome>(new StepOutcome.Failed("no room"));
        });
        var run = await _bench.OpenAsync();
        await CarryAsync(run);
        var waiting = await _bench.ShowAsync(run);
        var asked = (await _bench.Drills.PendingAsync(DrillBench.Operator, default)).Single();

        _bench.Serves = true;
        await _bench.Drills.AnswerAsync(run, "retry:1", DrillBench.Operator, true, null, default);
        await CarryAsync(run);

        waiting.WaitingFor.Should().Be("retry 'retry:1' by operator");
        asked.Question.Should().EndWith(
            "Bring the service back, then confirm to look again; refuse to close the run with the service down.", "a switch that was undone whole is not begun again, and nobody is told that it would be");
        _bench.World.Undone.Should().Equal("two", "one");
        var view = await _bench.ShowAsync(run);
        (view.Outcome, view.RolledBack).Should().Be(("failed", true));
    }

    [Fact]
    public async Task Carry_TaskRefusedThenTryAgain_IsAskedAnew()
    {
        _bench.Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _bench.Step("demote", "burn", pointOfNoReturn: true).Step("verify", "task", with: """{"role":"approver","text":"look"}""");
        var run = await _bench.OpenAsync();
        await CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await CarryAsync(run);
        _bench.Serves = false;
        await _bench.Drills.AnswerAsync(run, "verify", DrillBench.Approver, false, "broken", default);
        await CarryAsync(run);
        var broken = await _bench.ShowAsync(run);

        _bench.Serves = true;
        await _bench.Drills.AnswerAsync(run, "retry:1", DrillBench.Operator, true, "mended", default);
        await CarryAsync(run);
        var again = (await _bench.Drills.PendingAsync(DrillBench.Approver, default)).Single();
        await _bench.Drills.AnswerAsync(run, again.Name, DrillBench.Approver, true, null, default);
        await CarryAsync(run);

        broken.WaitingFor.Should().Be("retry 'retry:1' by operator");
        again.Name.Should().Be("verify:2");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Carry_PlanFileChangedAfterTheStart_TheRunKeepsTheTextThatWasRead()
    {
        _bench.Step("task", "task");
        var run = await _bench.OpenAsync();

        var opened = (await _bench.EntriesAsync(run))[0].Data;

        opened["objects"]![0]!["object"]!.GetValue<string>().Should().Be(opened.Text("planHash"));
    }

    [Fact]
    public async Task Carry_PlanThatCannotBeReadAnyMore_WaitsAndSaysWhatToPutBack()
    {
        _bench.Step("one").Step("task", "task");
        var run = await _bench.OpenAsync();

        _bench.PlanText = "another";
        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).WaitingFor.Should()
            .StartWith("the estate to fit plan 'plan' (sha256 4e10326bffb2) again: plan.yaml:1:1: a plan without 'authors'")
            .And.EndWith("Put the estate back as it was when the run was opened and start the server again");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Abort_OfARunWhosePlanCannotBeRead_IsClosedWithEverythingThatStaysOnRecord()
    {
        _bench.Step("fence").At("primary").Step("two").Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        _bench.PlanText = "another";
        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.OrderAsync(run, RunOrder.Abort)).Accepted.Should().BeTrue();
        await _bench.CarryAsync(run);
        var asked = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Single(item => item.Kind == StopDecision.Kind);
        await _bench.Drills.AnswerAsync(run, asked.Name, DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);

        asked.Question.Should().Be(
            "The run was aborted by wang: smoke. Its plan cannot be read, so that nothing is observed or undone: what it began stays as it is (fence, two, task), or the estate is put back as it was and the server started again. Confirm this one to CLOSE the run as it stands.");
        var view = await _bench.ShowAsync(run);
        (view.Outcome, view.Failure).Should().Be(("aborted", "aborted by wang: smoke; its plan could not be read, nothing was observed or undone"));
        var closed = (await _bench.EntriesAsync(run))[^1].Data;
        closed.Texts("fencesHeld").Should().Equal("fence at primary", "two at dr");
        closed.Texts("duties").Should().Equal(
            "step 'fence' (act) stays in effect at primary: see whether it must be undone by hand, the plan of the run cannot be read",
            "step 'two' (act) stays in effect at dr: see whether it must be undone by hand, the plan of the run cannot be read",
            "find out whether step 'task' happened: nobody knows");
        _bench.World.Undone.Should().BeEmpty();
        (await _bench.OpenAsync()).Should().Be(run + 1, "the system is free");
    }

    [Fact]
    public async Task Abort_OfARunWhosePlanCannotBeReadInFrontOfItsSteps_IsClosedAtOnce()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _bench.Step("one");
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        _bench.PlanText = "another";
        _bench.Restart();

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
    }

    [Fact]
    public async Task Carry_RealOverADrillWhosePlanCannotBeRead_GetsItsSystems()
    {
        _bench.Step("one").Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        var drill = await _bench.OpenAsync();
        await _bench.CarryAsync(drill);
        _bench.PlanText = "another";
        _bench.Restart();
        var order = new JournalDraft(JournalKinds.PreEmptAsked, "system", new() { ["reason"] = "a real run needs system 'ledger': fire", ["forRun"] = 99 });
        await _bench.Reading.AppendAnswerAsync(drill, order, _ => null, default);

        await _bench.CarryAsync(drill);

        (await _bench.ShowAsync(drill)).Outcome.Should().Be("pre-empted");
        _bench.Queued.Should().Contain(99);
    }

    [Fact]
    public async Task Carry_APersonSaysItHappened_MustGiveTheOutputsLaterStepsNeed()
    {
        _bench.Step("one").Step("two", with: """{"of":"${steps.one.marker}"}""");
        _bench.World.CannotTell = true;
        _bench.World.Next("one", new StepOutcome.Unknown("no answer"));
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        await _bench.Drills.AnswerAsync(run, "observe:one:1", DrillBench.Colleague, true, "I looked", default);
        await _bench.CarryAsync(run);
        var again = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Single();
        await _bench.Drills.AnswerAsync(run, again.Name, DrillBench.Colleague, true, """{"marker":"m"}""", default);
        await _bench.CarryAsync(run);

        again.Name.Should().Be("observe:one:1:2");
        again.Question.Should().EndWith("""Later steps need marker of it: confirm with them as the note, in JSON, e.g. {"marker": "..."}.""");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Carry_ASecondCrashRightAfterTheTakeover_StillWaitsForAPerson()
    {
        var clock = Fake();
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        clock.Advance(TimeSpan.FromSeconds(90));
        _bench.Restart((_, _) => true);
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("resume 'resume:2' by operator");
        _bench.World.Story.Count(line => line == "execute two").Should().Be(0);
    }

    [Fact]
    public async Task Carry_TheMachineStoodStillInTheMiddleOfAStep_WritesNothingMoreAndAsksAPerson()
    {
        var clock = Fake();
        _bench.Step("one").Step("two");
        _bench.World.Next("one", (marker, _) =>
        {
            _bench.World.Effects[marker] = 0;
            clock.Advance(TimeSpan.FromSeconds(90));
            return Task.FromResult<StepOutcome>(new StepOutcome.Done([]));
        });
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        var later = _bench.Later.Single();
        await _bench.CarryAsync(run);

        later.Run.Should().Be(run);
        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("resume 'resume:2' by operator");
        _bench.World.Story.Should().Equal("prepare one", "execute one");
    }

    private FakeTimeProvider Fake()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Serves = null;
        return clock;
    }

    /// <summary>A run whose step "promote-back" fails behind a point of no return.</summary>
    private async Task<long> StrandedAsync(bool wayBack, bool serves = false)
    {
        _bench.Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromHours(1)));
        _bench.Step("fence").Step("demote", "burn", pointOfNoReturn: true, promotes: serves ? new Promotion("ledger", "fence") : null).Step("promote-back", wayBack: wayBack);
        _bench.World.Next("promote-back", (_, _) =>
        {
            _bench.Serves = serves;
            return Task.FromResult<StepOutcome>(new StepOutcome.Failed("no room"));
        });
        var run = await _bench.OpenAsync();
        await CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);

        await CarryAsync(run);
        return run;
    }

    /// <summary>Carries while the clock goes on, for what waits in between.</summary>
    private async Task CarryAsync(long run)
    {
        var carrying = _bench.CarryAsync(run);
        while (!carrying.IsCompleted)
        {
            ((FakeTimeProvider)_bench.Time).Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await carrying;
    }
}
