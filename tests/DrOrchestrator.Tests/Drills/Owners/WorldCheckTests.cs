using DrOrchestrator.Credentials;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Credentials;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Owners;

/// <summary>A process dies in the middle of a switch and another one is there seconds later: it goes on alone only where the world is as journalled.</summary>
public sealed class WorldCheckTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private readonly DrillBench _bench;

    public WorldCheckTests() => _bench = new DrillBench { Time = _time };

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_WorldIsAsJournalled_GoesOnAlone()
    {
        _bench.Gates.Add(Gate(resume: true));
        var run = await DiedBeforeAsync("traffic");
        var rounds = _bench.GateRounds;

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        var looked = (await _bench.EntriesAsync(run)).Single(entry => entry.Kind == JournalKinds.WorldLooked).Data;
        looked.Texts("looked").Should().Equal("fence 'fence'", "promotion 'promote'", "gate 'gate'");
        looked.Texts("amiss").Should().BeEmpty();
        _bench.GateRounds.Should().Be(rounds + 1);
    }

    [Fact]
    public async Task Carry_SomebodyUnfencedByHand_AsksInFrontOfTheNextEffect()
    {
        var run = await DiedBeforeAsync("promote");
        _bench.World.FenceHolds = false;

        await _bench.CarryAsync(run);

        await AsksAsync(run, "fence 'fence': not proved (node is NotReady)", "promote");
    }

    [Fact]
    public async Task Carry_FenceDoesNotAnswer_IsNoProof()
    {
        var run = await DiedBeforeAsync("traffic");
        var asked = new TaskCompletionSource();
        _bench.World.Proof = async token =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return new FenceProof(true, [], []);
        };

        var carrying = _bench.CarryAsync(run);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(10));
        await carrying;

        await AsksAsync(run, "fence 'fence': no answer within 10s", "traffic");
    }

    [Fact]
    public async Task Carry_TargetDeniesThePromotion_Asks()
    {
        var run = await DiedBeforeAsync("traffic");
        _bench.World.Effects.Clear();

        await _bench.CarryAsync(run);

        await AsksAsync(run, "promotion 'promote': its target denies it (no marker)", "traffic");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carry_GateDoesNotHoldAnyMore_AsksWhereThePlanWantsIt(bool resume)
    {
        _bench.Gates.Add(Gate(resume));
        var run = await DiedBeforeAsync("promote");
        _bench.GatePasses = false;

        await _bench.CarryAsync(run);

        if (resume)
        {
            await AsksAsync(run, "gate 'gate': gate dr: found 3 s, asked at most 1 s", "promote");
        }
        else
        {
            (await _bench.ShowAsync(run)).ClosedAt.Should().NotBeNull("it was there before the first effect, as gates are");
        }
    }

    [Fact]
    public async Task Carry_InFrontOfTheFirstEffect_ReadsAllGatesAgain()
    {
        _bench.Gates.Add(Gate(resume: false));
        var run = await DiedBeforeAsync("fence");
        _bench.GatePasses = false;

        await _bench.CarryAsync(run);

        await AsksAsync(run, "gate 'gate': gate dr: found 3 s, asked at most 1 s", "fence");
    }

    [Fact]
    public async Task Carry_GuardrailInForceIsBroken_Asks()
    {
        _bench.Guardrails.Add(new PlanGuardrail(new PlanCheck("rail", StepParameters.None), GuardrailAction.Pause, TimeSpan.FromSeconds(5), "fence", null));
        var run = await DiedBeforeAsync("traffic");
        _bench.RailHolds = () => false;

        await _bench.CarryAsync(run);

        await AsksAsync(run, "guardrail 'rail': rail: found 99 %, asked at most 80 %", "traffic");
    }

    [Fact]
    public async Task Carry_WhatAStepDidWasTakenBack_Asks()
    {
        _bench.World.TakenBack["traffic"] = "the front door points to primary";
        var run = await DiedBeforeAsync("mail", more: ["mail"]);

        await _bench.CarryAsync(run);

        await AsksAsync(run, "step 'traffic': the front door points to primary", "mail");
    }

    [Theory]
    [InlineData("doors/front", "doors/front", false)]
    [InlineData("doors/front", "doors", false)]
    [InlineData("doors/front", "doors/front/lamp", true)]
    [InlineData("doors/front", "doors/back", true)]
    [InlineData("doors/front", "", true)]
    public async Task Carry_WhatALaterStepMayHaveChanged_IsNotLookedAt(string target, string later, bool asks)
    {
        _bench.World.TakenBack["traffic"] = "the front door points to primary";
        _bench.World.ActsOn["traffic"] = target;
        _bench.World.ActsOn["mail"] = later;
        var run = await DiedBeforeAsync("last", more: ["mail", "last"]);

        await _bench.CarryAsync(run);

        (await _bench.EntriesAsync(run)).Single(entry => entry.Kind == JournalKinds.WorldLooked).Data.Texts("looked").Should()
            .Equal(asks ? ["fence 'fence'", "promotion 'promote'", "step 'traffic'", "step 'mail'"] : ["fence 'fence'", "promotion 'promote'", "step 'mail'"]);
        if (asks)
        {
            await AsksAsync(run, "step 'traffic': the front door points to primary", "last");
        }
        else
        {
            (await _bench.ShowAsync(run)).ClosedAt.Should().NotBeNull("mail may have changed it with good reason");
        }
    }

    [Fact]
    public async Task Carry_TargetIsSilent_ContradictsNothing()
    {
        _bench.World.Silent.Add("traffic");
        var run = await DiedBeforeAsync("mail", more: ["mail"]);

        var carrying = _bench.CarryAsync(run);
        await _bench.World.SilentAsked.Task;
        _time.Advance(TimeSpan.FromSeconds(8));
        await carrying;

        (await _bench.ShowAsync(run)).ClosedAt.Should().NotBeNull();
        (await _bench.EntriesAsync(run)).Single(entry => entry.Kind == JournalKinds.WorldLooked).Data.Texts("amiss").Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carry_WhoApprovedMayNotAnyMore_Asks(bool mayStill)
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("one").Step("two");
        var killed = false;
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && !written && (killed = true));
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default);
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();
        _bench.Have(DrillBench.Operator, DrillBench.Other, mayStill ? DrillBench.Approver : DrillBench.Approver with { Roles = [DrOrchestrator.Estates.PersonRole.Viewer] });

        await _bench.CarryAsync(run);

        killed.Should().BeTrue();
        if (mayStill)
        {
            (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        }
        else
        {
            await AsksAsync(run, "approval 'run-approval': chen may not give that word any more", "two", "resume:3");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carry_TokenOfAnApproverRevokedMeanwhile_Asks(bool revoked)
    {
        var tokens = new MemoryPersonTokens(new ProcessClock(TimeProvider.System));
        var token = await tokens.AddAsync(new PersonToken(0, "chen", null, null, "adam", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, null, null, null), "hash", "api", default);
        _bench.Tokens = tokens;
        var run = await ApprovedAndDiedAsync(DrillBench.Approver with { TokenId = token.Id, TokenMakers = ["adam"] });
        if (revoked)
        {
            await tokens.RevokeAsync(token.Id, "adam", "api", default);
        }

        await _bench.CarryAsync(run);

        if (revoked)
        {
            await AsksAsync(run, "approval 'run-approval': the token with which chen gave that word was revoked", "two", "resume:3");
        }
        else
        {
            (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        }
    }

    /// <summary>Whoever approved has left; somebody else has the word by what the estate says today.</summary>
    [Fact]
    public async Task Carry_AnApproversIdIsAFormerOneOfSomebodyByNow_Asks()
    {
        var run = await ApprovedAndDiedAsync(DrillBench.Approver);
        _bench.Have(DrillBench.Operator, DrillBench.Other, DrillBench.Approver with { Id = "bo", Name = "Bo", FormerIds = ["chen"] });

        await _bench.CarryAsync(run);

        await AsksAsync(run, "approval 'run-approval': chen is bo by now, as the estate says", "two", "resume:3");
    }

    private async Task<long> ApprovedAndDiedAsync(DrOrchestrator.Estates.Person approver)
    {
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("one").Step("two");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "two" && !written);
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        (await _bench.Drills.AnswerAsync(run, "run-approval", approver, true, null, default)).Accepted.Should().BeTrue();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();
        return run;
    }

    [Fact]
    public async Task Answer_ToGoOn_GoesOnAndLooksNoMore()
    {
        var run = await DiedBeforeAsync("traffic");
        _bench.World.FenceHolds = false;
        await _bench.CarryAsync(run);

        await _bench.Drills.AnswerAsync(run, "resume:2", DrillBench.Colleague, true, "it is dark", default);
        await _bench.CarryAsync(run);

        _bench.World.Landed.Should().Equal("fence", "promote", "traffic");
        (await _bench.EntriesAsync(run)).Should().ContainSingle(entry => entry.Kind == JournalKinds.WorldLooked, "a person has looked");
    }

    [Fact]
    public async Task Answer_NotToGoOn_IsAnAbort()
    {
        var run = await DiedBeforeAsync("promote");
        _bench.World.FenceHolds = false;
        await _bench.CarryAsync(run);

        await _bench.Drills.AnswerAsync(run, "resume:2", DrillBench.Colleague, false, "no", default);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
        _bench.World.Undone.Should().Equal("fence");
    }

    [Theory]
    [InlineData(JournalKinds.WorldLooked, false)]
    [InlineData(JournalKinds.WorldLooked, true)]
    [InlineData(JournalKinds.Asked, false)]
    [InlineData(JournalKinds.Asked, true)]
    public async Task Carry_DiesAgainWhileItLooks_TheNextOwnerAsksAsWell(string kind, bool written)
    {
        var run = await DiedBeforeAsync("promote", (draft, isWritten) => draft.Kind == kind && isWritten == written);
        _bench.World.FenceHolds = false;
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _bench.Restart();

        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).WaitingFor.Should().StartWith("resume 'resume:");
        _bench.World.Landed.Should().Equal("fence");
    }

    /// <summary>Seconds ago; the step has no line on record.</summary>
    private async Task<long> DiedBeforeAsync(string step, Func<JournalDraft, bool, bool>? next = null, params string[] more)
    {
        _bench.Step("fence").At("primary").Step("promote", promotes: new Promotion("ledger", "fence")).Step("traffic");
        Array.ForEach(more, name => _bench.Step(name));
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == step && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _time.Advance(TimeSpan.FromSeconds(5));
        _bench.Restart(next);
        return run;
    }

    private async Task AsksAsync(long run, string amiss, string before, string item = "resume:2")
    {
        (await _bench.ShowAsync(run)).WaitingFor.Should().Be($"resume '{item}' by operator");
        (await _bench.Drills.PendingAsync(null, default)).Single().Question.Should()
            .Be($"The world is not as the journal has it: {amiss}. Look who serves now, then confirm to go on from the journal or refuse to abort.");
        _bench.World.Story.Should().NotContain($"execute {before}");
    }

    private static PlanCheck Gate(bool resume) => new("gate", StepParameters.None) { Resume = resume };
}
