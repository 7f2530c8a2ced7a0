using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Break-glass: two people set one rule aside in one run of <c>mode: real</c>; a third reviews it.</summary>
public sealed class BreakGlassTests : IAsyncDisposable
{
    private const string Item = "break-glass:unfenced:promote";
    private static readonly Person Auditor = new("otto", "Otto", "Audit", [PersonRole.Auditor], null, false);
    private static readonly Person Admin = new("adam", "Adam", "IT", [PersonRole.Admin], null, false);

    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task TwoWritableSides_InADrill_CannotBeReachedByAnybodysWord()
    {
        var run = await WithoutFenceAsync(real: false);

        var view = await _bench.ShowAsync(run);
        view.Failure.Should().Be("step 'promote' failed: promotion refused: the fence 'fence' is not proved: node is NotReady");
        (await _bench.EntriesAsync(run)).Should().NotContain(entry => entry.Kind == JournalKinds.Asked && entry.Data["kind"]!.GetValue<string>() == "break-glass");
        _bench.World.Landed.Should().NotContain("promote");
    }

    [Fact]
    public async Task PromotionWithoutAFence_InARealRun_NeedsTwoPeopleAndStaysOnRecordWithItsDuty()
    {
        var run = await WithoutFenceAsync(real: true);
        var asked = (await _bench.Drills.PendingAsync(null, default)).Single();

        var first = await AnswerAsync(run, DrillBench.Approver);
        await _bench.CarryAsync(run);
        var landed = _bench.World.Landed.ToList();
        var second = await AnswerAsync(run, Admin);
        await _bench.CarryAsync(run);

        (asked.Kind, asked.Quorum, asked.Role).Should().Be(("break-glass", 2, "approver"));
        asked.Question.Should().Contain("without a fence").And.Contain("node is NotReady").And.Contain("dr");
        (first, second).Should().Be(("accepted", "accepted"));
        landed.Should().NotContain("promote", "one word is not two");
        _bench.World.Landed.Should().Contain("promote");
        var lines = await _bench.EntriesAsync(run);
        lines.Single(entry => entry.Kind == JournalKinds.Intent && entry.Step == "promote").Data["unfenced"]!.GetValue<bool>().Should().BeTrue();
        var closed = lines.Single(entry => entry.Kind == JournalKinds.Closed).Data;
        closed["promotedWithoutFence"]!.AsArray().Select(step => step!.GetValue<string>()).Should().Equal("promote");
        closed["duties"]!.AsArray().Select(duty => duty!.GetValue<string>()).Should().Contain("fence primary the moment it answers");
        var view = await _bench.ShowAsync(run);
        view.ToBeReviewed.Should().BeTrue();
        view.Overrides.Single().Should().BeEquivalentTo(new { Kind = "break-glass", Subject = "unfenced:promote", Step = "promote", People = new[] { "chen", "adam" }, Reasons = new[] { "the site burns", "the site burns" }, ReviewedBy = (string?)null });
    }

    [Fact]
    public async Task BreakGlass_ByOneByTheRequesterOrWithoutAReason_IsNotGiven()
    {
        var run = await WithoutFenceAsync(real: true);

        var codes = new List<string>
        {
            (await _bench.Drills.AnswerAsync(run, Item, DrillBench.Approver, true, null, default)).Code,
            await AnswerAsync(run, DrillBench.Operator),
            await AnswerAsync(run, DrillBench.Operator with { Roles = [PersonRole.Admin] }),
            await AnswerAsync(run, DrillBench.Colleague),
            await AnswerAsync(run, DrillBench.Approver),
            await AnswerAsync(run, DrillBench.Approver),
        };
        await _bench.CarryAsync(run);

        codes.Should().Equal("reason-missing", "own-run", "own-run", "role-missing", "accepted", "already-answered");
        _bench.World.Landed.Should().NotContain("promote");
        (await _bench.ShowAsync(run)).ToBeReviewed.Should().BeFalse("nothing has been set aside yet");
    }

    [Fact]
    public async Task BreakGlass_Refused_PromotesNothing()
    {
        var run = await WithoutFenceAsync(real: true);
        await AnswerAsync(run, DrillBench.Approver);

        await _bench.Drills.AnswerAsync(run, Item, DrillBench.Other, false, "the old side still answers", default);
        await _bench.CarryAsync(run);

        _bench.World.Landed.Should().NotContain("promote");
        (await _bench.Drills.PendingAsync(null, default)).Should().Contain(item => item.Kind == "stop-decision" && item.Question.Contains("was refused by zhao: the old side still answers"), "a real run stops and asks");
    }

    [Fact]
    public async Task BreakGlass_NotGivenInTime_FailsClosed()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        var run = await WithoutFenceAsync(real: true);
        await AnswerAsync(run, DrillBench.Approver);

        clock.Advance(TimeSpan.FromHours(1));
        var late = await AnswerAsync(run, DrillBench.Other);
        await _bench.CarryAsync(run);

        late.Should().Be("too-late");
        _bench.World.Landed.Should().NotContain("promote");
    }

    [Fact]
    public async Task PromotionBehindAFenceThatFailed_InARealRun_AsksInsteadOfEndingThere()
    {
        Plan();
        _bench.World.Next("fence", new StepOutcome.Failed("the API of dr does not answer"));
        var run = await OpenAsync(real: true);
        var waiting = await _bench.ShowAsync(run);

        await AnswerAsync(run, DrillBench.Approver);
        await AnswerAsync(run, DrillBench.Other);
        await _bench.CarryAsync(run);

        waiting.WaitingFor.Should().Be("break-glass 'break-glass:unfenced:promote' by approver");
        _bench.World.Landed.Should().Equal("promote");
        (await _bench.ShowAsync(run)).Overrides.Single().Text.Should().Contain("its fence 'fence' failed: the API of dr does not answer");
    }

    [Theory]
    [InlineData(JournalKinds.Asked, true)]
    [InlineData(JournalKinds.Intent, false)]
    [InlineData(JournalKinds.Intent, true)]
    public async Task BreakGlass_WithTheProcessKilledAroundIt_IsAskedOnceAndPromotesOnce(string kind, bool written)
    {
        Plan();
        _bench.World.FenceHolds = false;
        _bench.Restart((draft, after) => draft.Kind == kind && draft.Step == "promote" && after == written);
        People();
        var run = await _bench.OpenRealAsync();
        await CarryKilledAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await CarryKilledAsync(run);
        await AnswerAsync(run, DrillBench.Approver);
        await AnswerAsync(run, DrillBench.Other);
        await CarryKilledAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("switched-not-returned", "it stays at dr");
        (await _bench.EntriesAsync(run)).Count(entry => entry.Kind == JournalKinds.Asked && entry.Data["kind"]!.GetValue<string>() == "break-glass").Should().Be(1);
        _bench.World.Landed.Count(step => step == "promote").Should().Be(1);
    }

    [Fact]
    public async Task Review_ByAThirdPerson_ClosesTheOverrideAfterTheRunToo()
    {
        var run = await GivenAsync();

        var codes = new List<string>
        {
            (await _bench.Drills.ReviewAsync(run, DrillBench.Approver, "fine", default)).Code,
            (await _bench.Drills.ReviewAsync(run, DrillBench.Operator, "fine", default)).Code,
            (await _bench.Drills.ReviewAsync(run, DrillBench.Colleague, "fine", default)).Code,
            (await _bench.Drills.ReviewAsync(run, Auditor, " ", default)).Code,
            (await _bench.Drills.ReviewAsync(run, Auditor, "the site was dark, the meter readings are attached to INC-7", default)).Code,
            (await _bench.Drills.ReviewAsync(run, Auditor, "again", default)).Code,
        };

        codes.Should().Equal("own-run", "own-run", "role-missing", "reason-missing", "accepted", "no-override");
        var view = await _bench.ShowAsync(run);
        view.ToBeReviewed.Should().BeFalse();
        view.Overrides.Single().Should().BeEquivalentTo(new { ReviewedBy = "otto", ReviewReason = "the site was dark, the meter readings are attached to INC-7" });
        (await _bench.Drills.ListAsync(default)).Single().ToBeReviewed.Should().BeFalse("no list remembers it as it was");
    }

    [Fact]
    public async Task FenceDuty_OfAPromotionWithoutAFence_ActsOnceTheMomentTheOldSideAnswers()
    {
        var left = await GivenDarkAsync();
        var loop = _bench.Process.GetRequiredService<FenceDutyLoop>();

        await loop.LookAsync(default);
        var whileDark = (await _bench.Drills.ListAsync(default)).Count;
        _bench.World.Dark.Clear();
        await loop.LookAsync(default);
        var run = (await _bench.Drills.ListAsync(default))[0];
        await _bench.CarryAsync(run.Id);
        await loop.LookAsync(default);
        var fenced = await _bench.ShowAsync(run.Id);

        whileDark.Should().Be(1);
        run.FenceDuty.Should().Be(new FenceDuty(left, "fence"));
        (fenced.Outcome, fenced.RequestedBy, fenced.Plan).Should().Be(("passed", "system", $"fence-duty-of-run-{left}"));
        fenced.Steps.Select(step => (step.Name, step.State)).Should().Equal(("fence", "done"));
        (await _bench.Drills.ListAsync(default)).Should().HaveCount(2, "a duty that is done is not done again");
        (await DutiesAsync()).Should().BeEmpty("not by the next start either, which remembers no try");
        _bench.World.Landed.Should().Equal("promote", "fence");
    }

    /// <summary>The new primary is none of the old side's: a proof that asks it, too, would never come true behind a promotion.</summary>
    [Fact]
    public async Task FenceDuty_OfAFenceThatHoldsByNow_IsProvedByTheOldSideAlone()
    {
        var run = await GivenAsync();
        _bench.World.FenceHolds = false;
        _bench.World.HeldAlone = new FenceProof(true, ["postgres is stopped and kept from starting"], []);

        await _bench.Process.GetRequiredService<FenceDutyLoop>().LookAsync(default);

        (await DutiesAsync()).Should().BeEmpty();
        (await _bench.EntriesAsync(run)).Single(entry => entry.Kind == JournalKinds.FenceHeld).Data.Texts("facts").Should().Equal("postgres is stopped and kept from starting");
    }

    [Fact]
    public async Task FenceDuty_CarriedOutByARunOfItsOwn_IsTheFenceThatTheWayHomeLifts()
    {
        var left = await GivenDarkAsync();
        _bench.World.Dark.Clear();
        await _bench.Process.GetRequiredService<FenceDutyLoop>().LookAsync(default);
        var duty = (await _bench.Drills.ListAsync(default))[0];
        await _bench.CarryAsync(duty.Id);

        var home = await _bench.OpenAsync(closes: left);
        var fence = await _bench.Process.GetRequiredService<IEarlierFences>().FindAsync(home, "fence", ["plan"], default);

        fence.Run.Should().Be(left);
        fence.Marks.Should().Equal($"{(await _bench.ShowAsync(duty.Id)).Mark}-fence-1");
        fence.Epoch.Should().Be((await _bench.EntriesAsync(duty.Id)).Max(line => line.Epoch));
    }

    [Fact]
    public async Task FenceDuty_ThatFails_StaysAndIsTriedAgainAfterAWhile()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        await GivenDarkAsync();
        var loop = _bench.Process.GetRequiredService<FenceDutyLoop>();
        _bench.World.Dark.Clear();
        _bench.World.Next("fence", new StepOutcome.Failed("held by another owner"));
        await loop.LookAsync(default);
        await _bench.CarryAsync(2);

        await loop.LookAsync(default);
        var atOnce = (await _bench.Drills.ListAsync(default)).Count;
        clock.Advance(TimeSpan.FromMinutes(1));
        await loop.LookAsync(default);
        await _bench.CarryAsync(3);

        (await _bench.ShowAsync(2)).Outcome.Should().Be("failed");
        atOnce.Should().Be(2);
        (await _bench.ShowAsync(3)).Outcome.Should().Be("passed");
        _bench.World.Undone.Should().BeEmpty("a fence that may stand is not lifted");
    }

    [Fact]
    public async Task FenceDuty_OnceALaterRunHasFencedThatSide_IsDone()
    {
        await GivenDarkAsync();
        _bench.World.Dark.Clear();
        var later = await _bench.OpenAsync();
        await _bench.CarryAsync(later);
        var loop = _bench.Process.GetRequiredService<FenceDutyLoop>();

        await loop.LookAsync(default);
        var locked = (await _bench.Drills.ListAsync(default)).Count;
        await _bench.Drills.AnswerAsync(later, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(later);
        await loop.LookAsync(default);

        locked.Should().Be(2, "the later run holds the system");
        (await _bench.ShowAsync(later)).ClosedAt.Should().NotBeNull();
        (await DutiesAsync()).Should().BeEmpty();
        (await _bench.Drills.ListAsync(default)).Should().HaveCount(2);
    }

    [Fact]
    public async Task FenceDuty_OverALaterTabletop_Stands()
    {
        var left = await GivenDarkAsync();
        var tabletop = await _bench.OpenAsync(RunMode.Tabletop);
        await _bench.CarryAsync(tabletop);
        await _bench.Drills.AnswerAsync(tabletop, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(tabletop);
        foreach (var item in (await _bench.Drills.PendingAsync(null, default)).Where(item => item.Run == tabletop))
        {
            await _bench.Drills.AnswerAsync(tabletop, item.Name, DrillBench.Colleague, true, "talked through", default);
            await _bench.CarryAsync(tabletop);
        }

        (await _bench.ShowAsync(tabletop)).Steps.Should().Contain(step => step.Name == "fence" && step.State == "done");
        (await DutiesAsync()).Should().Equal(new FenceDuty(left, "fence"));
    }

    [Fact]
    public async Task FenceDuty_OfAFenceWhoseProofWasOnlyLate_IsDoneWithoutAnotherRun()
    {
        var left = await GivenAsync();
        var loop = _bench.Process.GetRequiredService<FenceDutyLoop>();
        _bench.World.Dark.Add("fence");
        await loop.LookAsync(default);
        var before = await DutiesAsync();
        _bench.World.FenceHolds = true;

        await loop.LookAsync(default);

        before.Should().Equal(new FenceDuty(left, "fence"));
        (await DutiesAsync()).Should().BeEmpty();
        (await _bench.Drills.ListAsync(default)).Should().ContainSingle();
        var held = (await _bench.EntriesAsync(left)).Single(entry => entry.Kind == JournalKinds.FenceHeld);
        held.Data["facts"]!.AsArray().Select(fact => fact!.GetValue<string>()).Should().Equal("held");
    }

    [Fact]
    public async Task FenceDuty_WhileTheRunWaitsForSomebody_ActsInThatRunTheMomentTheOldSideAnswers()
    {
        var run = await GivenDarkAsync(withATask: true);
        var loop = _bench.Process.GetRequiredService<FenceDutyLoop>();
        await loop.LookAsync(default);
        var whileDark = _bench.World.Landed.ToList();
        _bench.World.Dark.Clear();

        await loop.LookAsync(default);
        await _bench.CarryAsync(run);
        var whileItWaits = await _bench.ShowAsync(run);
        await loop.LookAsync(default);
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "verify-business", DrillBench.Colleague, true, "booked and found", default);
        await _bench.CarryAsync(run);

        whileDark.Should().Equal("promote");
        whileItWaits.Outcome.Should().Be("waiting");
        whileItWaits.UnfencedBehind.Should().BeEmpty();
        whileItWaits.Steps.Single(step => step.Name == "fence").State.Should().Be("done");
        _bench.World.Landed.Should().Equal("promote", "fence");
        var closed = (await _bench.ShowAsync(run));
        closed.Outcome.Should().Be("switched-not-returned");
        closed.Duties.Should().NotContain(duty => duty.StartsWith("fence ", StringComparison.Ordinal));
        (await _bench.Drills.ListAsync(default)).Should().ContainSingle("the run itself has done it");
    }

    [Fact]
    public async Task FenceDuty_WhileAStepOfTheRunIsInFlight_ActsBesideIt()
    {
        _bench.World.Dark.Add("fence");
        Plan();
        _bench.Step("move-traffic");
        var inFlight = _bench.World.Hangs("move-traffic", lands: true);
        var run = await OpenAsync(real: true);
        await AnswerAsync(run, DrillBench.Approver);
        await AnswerAsync(run, DrillBench.Other);
        var carrying = _bench.CarryAsync(run);
        await inFlight.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        _bench.World.Dark.Clear();

        await _bench.Process.GetRequiredService<FenceDutyLoop>().LookAsync(default);
        await UntilAsync(() => _bench.World.Landed.Contains("fence"));
        var beside = carrying.IsCompleted;
        await carrying;

        beside.Should().BeFalse("the step beside it goes on for its five seconds");
        (await _bench.ShowAsync(run)).Steps.Single(step => step.Name == "fence").State.Should().Be("done");
        (await DutiesAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData(JournalKinds.Intent, false)]
    [InlineData(JournalKinds.Intent, true)]
    [InlineData(JournalKinds.Outcome, false)]
    [InlineData(JournalKinds.Outcome, true)]
    public async Task FenceDuty_WithTheProcessKilledAroundIt_IsCarriedOutOnce(string kind, bool written)
    {
        var run = await GivenDarkAsync(withATask: true);
        _bench.World.Dark.Clear();
        _bench.Restart((draft, isWritten) => draft.Step == "fence" && draft.Kind == kind && isWritten == written);
        People();
        await ServingAsync();
        await _bench.Process.GetRequiredService<FenceDutyLoop>().LookAsync(default);

        await CarryKilledAsync(run);

        _bench.World.Landed.Should().Equal("promote", "fence");
        (await _bench.ShowAsync(run)).UnfencedBehind.Should().BeEmpty();
    }

    [Fact]
    public async Task FenceDuty_OfAStoppedRun_BeginsNothing()
    {
        var run = await GivenDarkAsync(withATask: true);
        await _bench.OrderAsync(run, RunOrder.Pause);
        await _bench.CarryAsync(run);
        _bench.World.Dark.Clear();

        await _bench.Process.GetRequiredService<FenceDutyLoop>().LookAsync(default);
        await _bench.CarryAsync(run);
        var stopped = _bench.World.Landed.ToList();
        await _bench.OrderAsync(run, RunOrder.Resume);
        await _bench.CarryAsync(run);
        await _bench.Process.GetRequiredService<FenceDutyLoop>().LookAsync(default);
        await _bench.CarryAsync(run);

        stopped.Should().Equal("promote");
        _bench.World.Landed.Should().Equal("promote", "fence");
    }

    [Fact]
    public async Task FenceDuty_ClosedByAPerson_IsActedOnNoMore()
    {
        var left = await GivenDarkAsync();

        var codes = new List<string>
        {
            (await _bench.Drills.SettleDutyAsync(left, "promote", DrillBench.Other, "scrapped", default)).Code,
            (await _bench.Drills.SettleDutyAsync(left, "fence", DrillBench.Operator, "scrapped", default)).Code,
            (await _bench.Drills.SettleDutyAsync(left, "fence", DrillBench.Colleague, "scrapped", default)).Code,
            (await _bench.Drills.SettleDutyAsync(left, "fence", DrillBench.Other, " ", default)).Code,
            (await _bench.Drills.SettleDutyAsync(left, "fence", DrillBench.Other, "the machine was scrapped", default)).Code,
            (await _bench.Drills.SettleDutyAsync(left, "fence", DrillBench.Other, "again", default)).Code,
        };
        _bench.World.Dark.Clear();
        await _bench.Process.GetRequiredService<FenceDutyLoop>().LookAsync(default);

        codes.Should().Equal("no-duty", "own-run", "role-missing", "reason-missing", "accepted", "no-duty");
        _bench.World.Landed.Should().Equal("promote");
        (await _bench.ShowAsync(left)).UnfencedBehind.Should().BeEmpty();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    private async Task<IReadOnlyList<FenceDuty>> DutiesAsync() => [.. FenceDuty.Open(await _bench.Drills.ListAsync(default), _bench.Process.GetRequiredService<StepKinds>().IsFence)];

    /// <summary>As a start does: who serves is read back.</summary>
    private async Task ServingAsync()
    {
        foreach (var (system, site) in await _bench.Reading.ServingSitesAsync(default))
        {
            _bench.Process.GetRequiredService<ServingSites>().Moved(system, site);
        }
    }

    private async Task<long> GivenDarkAsync(bool withATask = false)
    {
        _bench.World.Dark.Add("fence");
        Plan();
        if (withATask)
        {
            _bench.Step("verify-business", "task", with: """{"text":"post an entry and find it","role":"operator"}""");
        }

        var run = await OpenAsync(real: true);
        await AnswerAsync(run, DrillBench.Approver);
        await AnswerAsync(run, DrillBench.Other);
        await _bench.CarryAsync(run);
        (await _bench.ShowAsync(run)).UnfencedBehind.Should().Equal("fence");
        return run;
    }

    private async Task<long> GivenAsync()
    {
        var run = await WithoutFenceAsync(real: true);
        await AnswerAsync(run, DrillBench.Approver);
        await AnswerAsync(run, DrillBench.Other);
        await _bench.CarryAsync(run);
        (await _bench.ShowAsync(run)).ClosedAt.Should().NotBeNull();
        return run;
    }

    private async Task<long> WithoutFenceAsync(bool real)
    {
        Plan();
        _bench.World.FenceHolds = false;
        return await OpenAsync(real);
    }

    private void Plan()
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("fence").At("primary").Step("promote", "burn", pointOfNoReturn: true, promotes: new Promotion("ledger", "fence"));
    }

    private void People() => _bench.Have(DrillBench.Operator, DrillBench.Approver, DrillBench.Other, Admin, Auditor);

    private async Task<long> OpenAsync(bool real)
    {
        People();
        var run = real ? await _bench.OpenRealAsync() : await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.CarryAsync(run);
        return run;
    }

    private async Task CarryKilledAsync(long run)
    {
        try
        {
            await _bench.CarryAsync(run);
        }
        catch (CrashingJournal.Killed)
        {
            _bench.Restart();
            People();
            await _bench.CarryAsync(run);
        }
    }

    private async Task<string> AnswerAsync(long run, Person person) => (await _bench.Drills.AnswerAsync(run, Item, person, true, "the site burns", default)).Code;
}
