using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Carrying;

public sealed class DrillRunnerTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_PlanWithoutTrouble_PassesWithIntentBeforeEffectAndOutcomeBeforeTheNextStep()
    {
        _bench.Step("one").Step("two").Step("back", wayBack: true);

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        var steps = (await _bench.EntriesAsync(run)).Where(entry => entry.Step is not null).Select(entry => $"{entry.Kind} {entry.Step}");
        steps.Should().Equal("step.intent one", "step.outcome one", "step.intent two", "step.outcome two", "step.intent back", "step.outcome back");
        _bench.World.Landed.Should().Equal("one", "two", "back");
    }

    public static TheoryData<string, string, bool> Boundaries()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var step in new[] { "one", "burn", "back" })
        {
            data.Add(step, JournalKinds.Intent, false);
            data.Add(step, JournalKinds.Intent, true);
            data.Add(step, JournalKinds.Outcome, false);
            data.Add(step, JournalKinds.Outcome, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Boundaries))]
    public async Task Carry_KilledAtABoundary_GoesOnAloneAndEveryEffectLandsOnce(string step, string kind, bool after)
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("one").Step("burn", "burn", pointOfNoReturn: true).Step("back", wayBack: true);
        _bench.Restart((draft, written) => draft.Step == step && draft.Kind == kind && written == after);
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Landed.Should().Equal("one", "burn", "back");
    }

    [Fact]
    public async Task Carry_StepFailsWithoutEffect_IsRetriedWithANewIntentThenPasses()
    {
        _bench.Step("one", retries: 1);
        _bench.World.Next("one", new StepOutcome.Failed("busy"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("passed");
        view.Steps.Single().Attempts.Should().Be(2);
    }

    [Fact]
    public async Task Carry_StepFails_RollsBackInReverseOrderAndSaysSo()
    {
        _bench.Step("one").Step("two").Step("three");
        _bench.World.Next("three", new StepOutcome.Failed("no room"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("failed");
        view.RolledBack.Should().BeTrue();
        view.Failure.Should().Be("step 'three' failed: no room");
        _bench.World.Undone.Should().Equal("three", "two", "one");
    }

    [Fact]
    public async Task Carry_StepFailsBehindAPointOfNoReturn_UndoesNothingAndSaysWhy()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("one").Step("burn", "burn", pointOfNoReturn: true).Step("three").Step("four");
        _bench.World.Next("four", new StepOutcome.Failed("no room"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("failed");
        view.RolledBack.Should().BeFalse();
        _bench.World.Undone.Should().BeEmpty();
        (await _bench.EntriesAsync(run))[^1].Data["rollbackStoppedAt"]!.GetValue<string>().Should().Be("step 'burn' cannot be taken back; nothing was undone");
    }

    [Fact]
    public async Task Carry_KilledWhileRollingBack_GoesOnRollingBack()
    {
        _bench.Step("one").Step("two").Step("three");
        _bench.World.Next("three", new StepOutcome.Failed("no room"));
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.UndoOutcome && draft.Step == "two" && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).RolledBack.Should().BeTrue();
        _bench.World.Undone.Should().Equal("three", "two", "two", "one");
    }

    [Fact]
    public async Task Carry_OutcomeUnknown_IsNeverRetriedButObserved()
    {
        _bench.Step("one", retries: 3);
        _bench.World.Next("one", (marker, _) =>
        {
            _bench.World.Effects[marker] = 0;
            return Task.FromResult<StepOutcome>(new StepOutcome.Unknown("no answer"));
        });

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Story.Should().Equal("prepare one", "execute one", "observe one");
    }

    [Fact]
    public async Task Carry_UnknownThatDidNotHappen_EndsTheAttemptAndRetriesAreBounded()
    {
        _bench.Step("one", retries: 1);
        _bench.World.Next("one", new StepOutcome.Unknown("HTTP 500"));
        _bench.World.Next("one", new StepOutcome.Unknown("HTTP 500"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("failed");
        _bench.World.Story.Count(line => line == "execute one").Should().Be(2);
    }

    [Fact]
    public async Task Carry_NobodyCanTell_WaitsForAPersonAndNeverRepeats()
    {
        _bench.Step("one").Step("two");
        _bench.World.CannotTell = true;
        _bench.World.Next("one", new StepOutcome.Unknown("no answer"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        var waiting = await _bench.ShowAsync(run);
        var asked = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Single();
        (await _bench.Drills.AnswerAsync(run, asked.Name, DrillBench.Operator, true, "mine", default)).Code.Should().Be("own-run");
        await _bench.Drills.AnswerAsync(run, asked.Name, DrillBench.Colleague, true, "I looked", default);
        await _bench.CarryAsync(run);

        waiting.Outcome.Should().Be("waiting");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Story.Count(line => line == "execute one").Should().Be(1);
    }

    [Fact]
    public async Task Carry_StepHangs_IsCutAtItsTimeoutAndObserved()
    {
        _bench.Step("one", timeout: TimeSpan.FromMilliseconds(100));
        _bench.World.Next("one", async (marker, token) =>
        {
            _bench.World.Effects[marker] = 0;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return new StepOutcome.Done([]);
        });

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        (await _bench.EntriesAsync(run)).Should().Contain(entry => entry.Kind == JournalKinds.Outcome && entry.Data["outcome"]!.GetValue<string>() == "unknown");
    }

    [Fact]
    public async Task Carry_FenceNotProvedAtTheMoment_RefusesThePromotionAndRollsBack()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("fence").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"));
        _bench.World.FenceHolds = false;

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Failure.Should().Be("step 'promote' failed: promotion refused: the fence 'fence' is not proved: node is NotReady");
        view.RolledBack.Should().BeTrue();
        _bench.World.Landed.Should().Equal("fence");
    }

    [Fact]
    public async Task Carry_PromotionWithARequestStillOut_IsCarriedOutAgainUnderTheSameIntent()
    {
        var run = await PromotingAsync(unknowns: 1);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("switched-not-returned", "it stays at dr");
        _bench.World.Story.Where(line => line.EndsWith(" promote", StringComparison.Ordinal)).Should().Equal("prepare promote", "execute promote", "observe promote", "execute promote");
        _bench.World.Undone.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_PromotionThatNeverGetsAClearAnswer_AsksAPersonAndUndoesNothingOnTheirWord()
    {
        var run = await PromotingAsync(unknowns: 5);
        var waiting = (await _bench.ShowAsync(run)).WaitingFor;
        await _bench.Drills.AnswerAsync(run, "observe:promote:1", DrillBench.Colleague, false, "it did not", default);
        await _bench.CarryAsync(run);

        waiting.Should().Be("step-observation 'observe:promote:1' by operator");
        (await _bench.ShowAsync(run)).RolledBack.Should().BeFalse();
        _bench.World.Undone.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_FenceLostWhileAPromotionMayBeOnItsWay_RefusesAndUndoesNothing()
    {
        _bench.World.OnlyByRepeating = true;
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("fence").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"));
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "promote" && written);
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.World.FenceHolds = false;
        _bench.Restart();
        await _bench.CarryAsync(run);
        var asked = (await _bench.ShowAsync(run)).WaitingFor;
        await _bench.Drills.AnswerAsync(run, "resume:3", DrillBench.Colleague, true, "go on", default);
        await _bench.CarryAsync(run);

        asked.Should().Be("resume 'resume:3' by operator", "the fence is not as the journal has it");
        var view = await _bench.ShowAsync(run);
        view.Failure.Should().StartWith("step 'promote' failed: promotion refused");
        view.RolledBack.Should().BeFalse();
        _bench.World.Undone.Should().BeEmpty();
        _bench.World.Landed.Should().Equal("fence");
    }

    private async Task<long> PromotingAsync(int unknowns)
    {
        _bench.World.OnlyByRepeating = true;
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("fence").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"));
        for (var i = 0; i < unknowns; i++)
        {
            _bench.World.Next("promote", new StepOutcome.Unknown("no answer"));
        }

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(run);
        return run;
    }

    [Fact]
    public async Task Carry_Promotion_MovesTheServingSiteWithTheOutcome()
    {
        _bench.Step("fence").Step("promote", promotes: new Promotion("ledger", "fence"));

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("switched-not-returned", "a plan that leaves the system elsewhere has not come home");
        view.Duties.Should().Equal("re-protect the system: bring a standby back and see it caught up", "fail back to the declared serving site by a linked run");
        _bench.Process.GetRequiredService<DrOrchestrator.Estates.IServingSites>().ServingSiteOf("ledger").Should().Be("dr");
        (await _bench.Reading.ServingSitesAsync(default)).Should().Contain("ledger", "dr");
    }

    [Fact]
    public async Task Carry_GateDoesNotPass_AbortsWithNothingTouched()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GatePasses = false;
        _bench.Step("one");

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Failure.Should().Be("gate 'gate dr' does not pass: found 3 s, asked at most 1 s (source store dr). Wait.");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_GateThatThrows_DoesNotPassAndSaysWhy()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.GateThrows = new ArgumentException("no standby 'dr' while dr serves");
        _bench.Step("one");

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Failure.Should().StartWith("gate 'gate' does not pass: found could not be read: no standby 'dr' while dr serves");
    }

    [Fact]
    public async Task Carry_KilledInTheSecondRoundOfGates_ReadsThemAgain()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("one");
        var rounds = 0;
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Gate && written && ++rounds == 2);
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        clock.Advance(TimeSpan.FromMinutes(5));
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        _bench.GatePasses = false;
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        _bench.GateRounds.Should().Be(3);
        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_EngineFails_SaysSoOnTheRunAndLeavesItOpen()
    {
        _bench.Step("one");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && !written ? throw new IOException("disk full") : false);
        var run = await _bench.OpenAsync();

        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<IOException>();

        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("the engine, which failed and tries again by itself: disk full");
    }

    [Fact]
    public async Task Carry_PointOfNoReturnNobodyApproved_AsksForThatStepAndWaits()
    {
        _bench.Step("burn", "burn", pointOfNoReturn: true);

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("step-approval 'approve:burn' by approver");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Answer_ByTheRequester_IsRefusedAndTheRunWaitsOn()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var answer = await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Operator, true, null, default);

        answer.Code.Should().Be("own-run");
        (await _bench.Drills.PendingAsync(DrillBench.Operator, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Answer_QuorumOfTwo_NeedsTwoDifferentPeople()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 2, TimeSpan.FromMinutes(1)));
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var codes = new List<string>();
        foreach (var person in new[] { DrillBench.Approver, DrillBench.Approver, DrillBench.Other })
        {
            codes.Add((await _bench.Drills.AnswerAsync(run, "run-approval", person, true, null, default)).Code);
            await _bench.CarryAsync(run);
        }

        codes.Should().Equal("accepted", "already-answered", "accepted");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Carry_ApprovalDeadlinePasses_FailsClosed()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        clock.Advance(TimeSpan.FromMinutes(10));
        var late = await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(run);

        late.Code.Should().Be("too-late");
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Failure.Should().Be("approval 'run-approval' was not given by approver before its deadline of 10m");
    }

    [Fact]
    public async Task Carry_GapLongerThanResumeWithin_WaitsForAPerson()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        clock.Advance(TimeSpan.FromSeconds(90));
        _bench.Restart();
        await _bench.CarryAsync(run);
        var waiting = await _bench.ShowAsync(run);
        var asked = (await _bench.Drills.PendingAsync(DrillBench.Operator, default)).Single();
        await _bench.Drills.AnswerAsync(run, asked.Name, DrillBench.Operator, true, null, default);
        await _bench.CarryAsync(run);

        waiting.WaitingFor.Should().Be("resume 'resume:2' by operator");
        _bench.World.Story.Count(line => line == "execute two").Should().Be(1);
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Start_SystemHeldByAnOpenRun_IsRefusedWithTheHolder()
    {
        _bench.Step("task", "task");
        var first = await _bench.OpenAsync();

        var second = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "again", DrillBench.Operator), default);

        second.Should().BeOfType<StartResult.Refused>().Which.Detail.Should().Be($"System 'ledger' is held by run {first}, which is not closed. Follow it with: dro drill show {first}");
    }

    [Fact]
    public async Task Carry_AfterATakeover_TheFormerOwnerCanWriteNothing()
    {
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        var former = await _bench.Reading.ClaimAsync(run, "former", (_, _) => [], default);
        await _bench.Reading.ClaimAsync(run, "newer", (_, _) => [], default);

        var write = () => _bench.Reading.AppendAsync(run, former.Epoch, new JournalDraft(JournalKinds.Phase, "system", new() { ["phase"] = "x" }), default);

        await write.Should().ThrowAsync<StaleEpochException>();
    }

    [Fact]
    public async Task Carry_ParallelSteps_RunSideBySide()
    {
        var both = new TaskCompletionSource();
        var count = 0;
        Task<StepOutcome> Meet(string marker, CancellationToken token)
        {
            if (Interlocked.Increment(ref count) == 2)
            {
                both.SetResult();
            }

            return both.Task.WaitAsync(token).ContinueWith(_ => (StepOutcome)new StepOutcome.Done([]), token);
        }

        _bench.Step("a", needs: []).Step("b", needs: []).Step("c", needs: ["a", "b"]);
        _bench.World.Next("a", Meet);
        _bench.World.Next("b", Meet);

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }
}
