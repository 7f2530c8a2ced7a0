using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Stops;

/// <summary>"Stop" stops, in every state; the state reached is on record; what is open is known before anything is undone.</summary>
public sealed class RunStopTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Abort_WhileWaitingForApproval_TouchesNothing()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.OrderAsync(run, RunOrder.Abort)).Code.Should().Be("accepted");
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Failure.Should().Be("aborted by wang: smoke");
        view.Stop!.Reached!.NotBegun.Should().Equal("one");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Abort_BetweenOpeningAndTheFirstOwner_TouchesNothing()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.Step("one");
        var run = await _bench.OpenAsync();

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.GateRounds.Should().Be(0);
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Abort_WhileAStepWaitsForAPerson_RollsBackWhatWasDone()
    {
        _bench.Step("one").Step("task", "task", with: """{"role":"operator","text":"Look"}""").Step("two");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.RolledBack.Should().BeTrue();
        _bench.World.Undone.Should().Equal("one");
        _bench.World.Landed.Should().Equal("one");
    }

    [Theory]
    [InlineData(true, "one: done")]
    [InlineData(false, "one: failed")]
    public async Task Abort_WithACallInFlight_ObservesWhatBecameOfItBeforeItUndoes(bool lands, string observed)
    {
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10)).Step("two");
        var inFlight = _bench.World.Hangs("one", lands);
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await inFlight;

        await _bench.OrderAsync(run, RunOrder.Abort);
        await carried;

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Stop!.Reached!.Observed.Should().Equal(observed);
        view.Stop.Reached.NotBegun.Should().Equal("two");
        view.Stop.Reached.Serving.Should().Contain("ledger", "primary");
        _bench.World.Story.Should().Equal("prepare one", "execute one", "observe one", "undo one");
        var outcomes = (await _bench.EntriesAsync(run)).Where(entry => entry.Kind == JournalKinds.Outcome).Select(entry => entry.Data["outcome"]!.GetValue<string>());
        outcomes.Should().Equal("unknown", lands ? "done" : "failed");
    }

    [Fact]
    public async Task Abort_BetweenIntentAndEffect_SendsNothingAndSaysThatTheStepHasNotBegun()
    {
        _bench.Step("one").Step("two");
        long run = 0;
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && !written && AbortNow(run));
        run = await _bench.OpenAsync();

        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.Stop!.Reached!.NotBegun.Should().Equal("two");
        (await _bench.EntriesAsync(run)).Should().Contain(entry => entry.Step == "two" && entry.Kind == JournalKinds.Outcome && entry.Data["outcome"]!.GetValue<string>() == "not-begun");
        _bench.World.Story.Should().Equal(["prepare one", "execute one", "prepare two", "undo one"], "nothing of 'two' was ever sent, so that there is nothing to undo");
    }

    [Fact]
    public async Task Abort_InBackOff_TriesNothingAgain()
    {
        _bench.Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Step("one", retries: 5);
        var failed = new TaskCompletionSource();
        _bench.Restart((draft, written) =>
        {
            if (draft.Kind == JournalKinds.Outcome && written)
            {
                failed.TrySetResult();
            }

            return false;
        });
        _bench.World.Next("one", new StepOutcome.Failed("busy"));
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await failed.Task;

        await _bench.OrderAsync(run, RunOrder.Abort);
        await carried;

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Story.Count(line => line == "execute one").Should().Be(1);
    }

    [Fact]
    public async Task Abort_WhileObserving_NeverRepeatsTheCall()
    {
        _bench.Step("one", timeout: TimeSpan.FromMilliseconds(300)).Step("two");
        _bench.World.StillMay = true;
        var observing = new TaskCompletionSource();
        _bench.World.Next("one", (_, _) =>
        {
            observing.SetResult();
            return Task.FromResult<StepOutcome>(new StepOutcome.Unknown("no answer"));
        });
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await observing.Task;

        await _bench.OrderAsync(run, RunOrder.Abort);
        await carried;
        var waiting = await _bench.ShowAsync(run);
        _bench.World.StillMay = false;
        _bench.World.CannotTell = true;
        await _bench.Drills.AnswerAsync(run, "observe:one:1", DrillBench.Colleague, confirmed: false, "looked: nothing", default);
        await _bench.CarryAsync(run);

        waiting.WaitingFor.Should().Be("step-observation 'observe:one:1' by operator", "nothing is undone while something is unknown");
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.RolledBack.Should().BeTrue();
        _bench.World.Story.Count(line => line == "execute one").Should().Be(1);
        _bench.World.Undone.Should().Equal("one");
    }

    [Fact]
    public async Task Abort_BehindAPointOfNoReturn_UndoesNothing()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(1)));
        _bench.Step("one").Step("burn", "burn", pointOfNoReturn: true).Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(run);

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.RolledBack.Should().BeFalse();
        _bench.World.Undone.Should().BeEmpty();
    }

    [Fact]
    public async Task Abort_WhileItIsRolledBack_StopsTheUndoingAndAsks()
    {
        _bench.Step("one").Step("two").Step("three");
        _bench.World.Next("three", new StepOutcome.Failed("no room"));
        var undoing = _bench.World.Hangs("undo two", lands: false);
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await undoing;

        await _bench.OrderAsync(run, RunOrder.Abort);
        await carried;
        var stopped = await _bench.ShowAsync(run);
        var undoneThen = _bench.World.Undone.ToList();
        var asked = await _bench.Drills.PendingAsync(DrillBench.Colleague, default);
        await _bench.Drills.AnswerAsync(run, asked.Single(item => item.Name.EndsWith("go-on", StringComparison.Ordinal)).Name, DrillBench.Colleague, true, null, default);
        await _bench.CarryAsync(run);

        undoneThen.Should().Equal("three");
        stopped.Outcome.Should().Be("waiting");
        stopped.Stop!.Reached!.InFlight.Should().Equal("two");
        asked.Select(item => item.Name).Should().HaveCount(2).And.OnlyContain(name => name.EndsWith("go-on", StringComparison.Ordinal) || name.EndsWith("close", StringComparison.Ordinal));
        _bench.World.Undone.Should().Equal("three", "two", "one");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("failed", "the rollback was what followed the failure");
        (await _bench.Drills.PendingAsync(null, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Abort_OfARunThatNobodyCarries_IsWhatTheNextOwnerDoes()
    {
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Landed.Should().Equal("one");
        _bench.World.Story.Should().NotContain("execute two");
    }

    [Fact]
    public async Task Abort_SaidInAnotherProcess_IsHeardByTheOwner()
    {
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10));
        var inFlight = _bench.World.Hangs("one", lands: false);
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await inFlight;

        var elsewhere = _bench.Second().GetRequiredService<IDrills>();
        (await elsewhere.OrderAsync(run, RunOrder.Abort, DrillBench.Approver, "smoke", default)).Accepted.Should().BeTrue();
        await carried;

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
    }

    public static TheoryData<string, bool> EveryLineOfAnAbort() => new()
    {
        { JournalKinds.Outcome, false },
        { JournalKinds.Outcome, true },
        { JournalKinds.Stopped, false },
        { JournalKinds.Stopped, true },
        { JournalKinds.Observed, false },
        { JournalKinds.Observed, true },
        { JournalKinds.Phase, false },
        { JournalKinds.Phase, true },
        { JournalKinds.UndoIntent, false },
        { JournalKinds.UndoIntent, true },
        { JournalKinds.UndoOutcome, false },
        { JournalKinds.UndoOutcome, true },
        { JournalKinds.Measured, true },
        { JournalKinds.Closed, false },
    };

    [Theory]
    [MemberData(nameof(EveryLineOfAnAbort))]
    public async Task Abort_ProcessDiesAtALine_TheNextOwnerDoesNotDoWhatWasStopped(string kind, bool after)
    {
        var aborted = false;
        _bench.Step("one").Step("two", timeout: TimeSpan.FromMinutes(10)).Step("three");
        _bench.Restart((draft, written) => aborted && draft.Kind == kind && written == after);
        var inFlight = _bench.World.Hangs("two", lands: true);
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await inFlight;
        aborted = true;
        await _bench.OrderAsync(run, RunOrder.Abort);
        await FluentActions.Awaiting(() => carried).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        view.RolledBack.Should().BeTrue();
        view.Failure.Should().Be("aborted by wang: smoke");
        _bench.World.Story.Should().NotContain("execute three");
        _bench.World.Story.Count(line => line == "execute two").Should().Be(1);
        _bench.World.Undone.Distinct().Should().Equal("two", "one");
    }

    [Fact]
    public async Task Abort_AndNobodyServesAfterIt_DoesNotCloseBeforeAPersonSaysSo()
    {
        _bench.Serves = true;
        _bench.Step("one").Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        _bench.Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        _bench.Serves = false;
        await _bench.OrderAsync(run, RunOrder.Abort);
        await CarryWhileTimePassesAsync(run);
        var waiting = await _bench.ShowAsync(run);
        var asked = (await _bench.Drills.PendingAsync(DrillBench.Colleague, default)).Single(item => item.Kind == "retry");

        _bench.Serves = true;
        await _bench.Drills.AnswerAsync(run, asked.Name, DrillBench.Colleague, true, null, default);
        await CarryWhileTimePassesAsync(run);

        waiting.Outcome.Should().Be("waiting");
        asked.Question.Should().StartWith("NOBODY SERVES").And.EndWith("Bring the service back, then confirm to look again; refuse to close the run with the service down.");
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("aborted");
        _bench.World.Landed.Should().Equal(["one"], "nothing is tried again after an abort");
    }

    [Theory]
    [InlineData(JournalKinds.Phase, true, "aborted")]
    [InlineData(JournalKinds.Closed, false, "passed")]
    public async Task Abort_InTheMomentInWhichARehearsalEnds_IsTakenAndFollowedOrRefused(string before, bool accepted, string outcome)
    {
        AnswerResult? answer = null;
        _bench.Step("look", "look");
        _bench.Restart((draft, written) =>
        {
            if (!written && draft.Kind == before && (before != JournalKinds.Phase || draft.Data.Text("phase") == DrillPhase.Measuring))
            {
                answer ??= _bench.Second().GetRequiredService<IDrills>().OrderAsync(1, RunOrder.Abort, DrillBench.Approver, "smoke", default).GetAwaiter().GetResult();
            }

            return false;
        });
        var run = await _bench.OpenAsync(RunMode.Rehearsal);

        await _bench.CarryAsync(run);

        answer!.Accepted.Should().Be(accepted, answer.Detail);
        (await _bench.ShowAsync(run)).Outcome.Should().Be(outcome, "an abort that was accepted is never followed by 'passed'");
    }

    [Fact]
    public async Task Pause_WithACallInFlightThatDidNotHappen_IsNotHeldAgainstTheStepWhenItGoesOn()
    {
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10)).Step("two");
        var inFlight = _bench.World.Hangs("one", lands: false);
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await inFlight;

        await _bench.OrderAsync(run, RunOrder.Pause, DrillBench.Approver);
        await carried;
        var paused = await _bench.ShowAsync(run);
        await _bench.CarryAsync(run);
        var stillPaused = _bench.World.Landed.ToList();
        (await _bench.OrderAsync(run, RunOrder.Resume, reason: null)).Accepted.Should().BeTrue();
        await _bench.CarryAsync(run);

        paused.WaitingFor.Should().Be("paused by chen: smoke");
        paused.Stop!.What.Should().Be("paused");
        stillPaused.Should().BeEmpty();
        var view = await _bench.ShowAsync(run);
        view.Outcome.Should().Be("passed");
        view.Stop.Should().BeNull();
        _bench.World.Landed.Should().Equal("one", "two");
    }

    [Fact]
    public async Task Pause_WithACallInFlightThatHappened_GoesOnWithTheNextStep()
    {
        _bench.Step("one", timeout: TimeSpan.FromMinutes(10)).Step("two");
        var inFlight = _bench.World.Hangs("one", lands: true);
        var run = await _bench.OpenAsync();
        var carried = _bench.CarryAsync(run);
        await inFlight;
        await _bench.OrderAsync(run, RunOrder.Pause);
        await carried;

        await _bench.OrderAsync(run, RunOrder.Resume);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Story.Should().Equal("prepare one", "execute one", "observe one", "prepare two", "execute two");
    }

    [Fact]
    public async Task Pause_BetweenIntentAndEffect_BeginsTheStepWhenItGoesOn()
    {
        _bench.Step("one");
        long run = 0;
        var said = false;
        _bench.Restart((draft, written) =>
        {
            if (draft.Kind == JournalKinds.Intent && !written && !said)
            {
                said = true;
                _bench.Second().GetRequiredService<IDrills>().OrderAsync(run, RunOrder.Pause, DrillBench.Colleague, "wait", default).GetAwaiter().GetResult();
            }

            return false;
        });
        run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        var sent = _bench.World.Story.Count(line => line == "execute one");

        await _bench.OrderAsync(run, RunOrder.Resume);
        await _bench.CarryAsync(run);

        sent.Should().Be(0);
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Landed.Should().Equal("one");
    }

    [Fact]
    public async Task Pause_InFrontOfTheSteps_ReadsTheGatesAgainWhenItGoesOn()
    {
        _bench.Gates.Add(new PlanCheck("gate", StepParameters.None));
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.OrderAsync(run, RunOrder.Pause);
        await _bench.CarryAsync(run);
        (await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default)).Accepted.Should().BeTrue();
        await _bench.CarryAsync(run);
        var before = (await _bench.ShowAsync(run)).WaitingFor;

        _bench.GatePasses = false;
        await _bench.OrderAsync(run, RunOrder.Resume);
        await _bench.CarryAsync(run);

        before.Should().Be("paused by wang: smoke", "an approval does not let a paused run go on");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.GateRounds.Should().Be(2);
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Pause_BeyondTheDeadlineOfAnApproval_FailsClosedOnceItGoesOn()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.OrderAsync(run, RunOrder.Pause);
        await _bench.CarryAsync(run);

        clock.Advance(TimeSpan.FromMinutes(10));
        var late = await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.OrderAsync(run, RunOrder.Resume);
        await _bench.CarryAsync(run);

        late.Code.Should().Be("too-late", "who may pause a run does not prolong what others may decide");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Pause_OwnerDiesWhilePaused_StaysPaused()
    {
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.OrderAsync(run, RunOrder.Pause);
        await _bench.CarryAsync(run);
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).WaitingFor.Should().Be("paused by wang: smoke");
        _bench.World.Story.Should().BeEmpty();
    }

    [Fact]
    public async Task Pause_ThenAbort_Aborts()
    {
        _bench.Step("one");
        var run = await _bench.OpenAsync();
        await _bench.OrderAsync(run, RunOrder.Pause);
        await _bench.CarryAsync(run);

        await _bench.OrderAsync(run, RunOrder.Abort);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
    }

    [Fact]
    public async Task Order_JudgedAgainstTheRun_IsTakenOrRefusedByCode()
    {
        _bench.Step("task", "task", with: """{"role":"operator","text":"Look"}""");
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        var codes = new List<string>();
        foreach (var (order, by, reason) in new (RunOrder, DrOrchestrator.Estates.Person, string?)[]
        {
            (RunOrder.Abort, DrillBench.Viewer, "why not"),
            (RunOrder.Abort, DrillBench.Operator, " "),
            (RunOrder.Resume, DrillBench.Operator, null),
            (RunOrder.Pause, DrillBench.Operator, "coffee"),
            (RunOrder.Pause, DrillBench.Approver, "again"),
            (RunOrder.Resume, DrillBench.Approver, null),
            (RunOrder.Abort, DrillBench.Approver, "enough"),
            (RunOrder.Abort, DrillBench.Operator, "enough"),
            (RunOrder.Pause, DrillBench.Operator, "enough"),
        })
        {
            codes.Add((await _bench.OrderAsync(run, order, by, reason)).Code);
        }

        await _bench.CarryAsync(run);
        codes.Add((await _bench.OrderAsync(run, RunOrder.Abort)).Code);
        codes.Add((await _bench.OrderAsync(99, RunOrder.Abort)).Code);

        codes.Should().Equal("role-missing", "reason-missing", "not-paused", "accepted", "already-stopped", "role-missing", "accepted", "already-stopped", "already-stopped", "run-closed", "no-such-run");
    }

    /// <summary>The owner stood still between intent and effect (SIGSTOP), and another one has taken the run over: woken up, it sends nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carry_OwnerStoodStillBetweenIntentAndEffect_ProvesItsEpochBeforeItSends(bool takenOver)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("one");
        long run = 0;
        _bench.Restart((draft, written) =>
        {
            if (draft.Kind == JournalKinds.Intent && written)
            {
                clock.Advance(TimeSpan.FromSeconds(11));
                if (takenOver)
                {
                    _bench.Second().GetRequiredService<IDrillJournal>().ClaimAsync(run, "another", (_, _) => [], default).GetAwaiter().GetResult();
                }
            }

            return false;
        });
        run = await _bench.OpenAsync();

        await _bench.CarryAsync(run);

        _bench.World.Story.Should().Equal(takenOver ? ["prepare one"] : ["prepare one", "execute one"]);
    }

    /// <summary>Inside of the effect, after what it looks at first, every kind asks for its permit; here the run is still this process's, and goes on by looking.</summary>
    [Fact]
    public async Task Carry_OwnerStoodStillInsideOfAnEffect_SendsNothingMoreObservesAndTriesAgain()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("one", retries: 1);
        _bench.World.StandsStillIn["one"] = () => clock.Advance(TimeSpan.FromSeconds(11));
        var run = await _bench.OpenAsync();

        await CarryWhileTimePassesAsync(run);

        _bench.World.Landed.Should().Equal("one");
        (await _bench.EntriesAsync(run)).Where(line => line.Kind == JournalKinds.Outcome).Select(line => line.Data["outcome"]!.GetValue<string>()).Should().Equal("unknown", "failed", "done");
        (await _bench.EntriesAsync(run)).First(line => line.Kind == JournalKinds.Outcome).Data["reason"]!.GetValue<string>().Should().Contain("stood still in the middle of the step");
    }

    private bool AbortNow(long run)
    {
        _bench.Second().GetRequiredService<IDrills>().OrderAsync(run, RunOrder.Abort, DrillBench.Colleague, "smoke", default).GetAwaiter().GetResult();
        return false;
    }

    /// <summary>Carries while the clock goes on, for what waits in between.</summary>
    private async Task CarryWhileTimePassesAsync(long run)
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
