using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Duties;

/// <summary>What makes a system less safe keeps the run that left it, and each that brings it home without doing it, from having passed.</summary>
public sealed class LinkedDutiesTests : IAsyncDisposable
{
    private const string Words = OwingStep.Words;
    private readonly OwingStep _owes = new("owes");
    private readonly DrillBench _bench;

    public LinkedDutiesTests() => _bench = new DrillBench { Serves = true, MoreKinds = { _owes, new PayingStep("pays"), new IdleStep("idles") } };

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_LinkedRunHasDoneIt_BothArePassedOrClosed()
    {
        var first = await FirstAsync();

        var linked = await LinkAsync(first, "pays");

        (await _bench.ShowAsync(linked)).Outcome.Should().Be("passed");
        var closed = await _bench.ShowAsync(first);
        (closed.ClosedByRun, closed.Duties.Count).Should().Be((linked, 0));
        (await _bench.EntriesAsync(linked))[^1].Data["dutiesClosed"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task Carry_LinkedRunHasNotDoneIt_HasNotPassedEither()
    {
        var first = await FirstAsync();

        var linked = await LinkAsync(first, "idles");

        var late = await _bench.ShowAsync(linked);
        (late.Outcome, late.Duties.Should().ContainSingle().Subject).Should().Be(("switched-not-returned", Words));
        var before = await _bench.ShowAsync(first);
        (before.ClosedByRun, before.Duties.Should().ContainSingle().Subject).Should().Be((null, Words));
        RunStory.Tell((await _bench.EntriesAsync(first))[^1]).Text.Should().Be($"run {linked} has done what this one left: ; still to be done, and neither has passed before: take");
    }

    /// <summary>It came home, and holds a fence at the other side: what it left there is said, whatever else keeps it from having passed.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Carry_LinkedRunThatCameHomeAndHoldsAFence_OwesAStandby(bool itsOwn)
    {
        var first = await FirstAsync();
        Plan("act");
        if (itsOwn)
        {
            _bench.Step("take-more", "owes", with: """{ "holds": "true", "subject": "three" }""");
            _bench.Restart();
        }

        var linked = await _bench.OpenAsync(closes: first);
        await _bench.CarryAsync(linked);

        var view = await _bench.ShowAsync(linked);
        view.Outcome.Should().Be("switched-not-returned");
        view.Duties.Should().Equal("re-protect the system: bring a standby back and see it caught up", Words);
    }

    [Fact]
    public async Task Settle_WhileAStandbyIsOwedToo_LeavesTheLinkedRunOpen()
    {
        var first = await FirstAsync();
        var linked = await LinkAsync(first, "act");

        await _bench.Drills.SettleDutyAsync(first, "take", DrillBench.Approver, "set by hand", default);

        var view = await _bench.ShowAsync(linked);
        (view.ClosedByRun, view.Duties.Should().ContainSingle().Subject).Should().Be((null, "re-protect the system: bring a standby back and see it caught up"));
    }

    [Fact]
    public async Task Carry_WhatMakesNothingLessSafe_HoldsNoLinkedRun()
    {
        var first = await FirstAsync("""{ "holds": "false", "subject": "old" }""", "take-more");

        var linked = await LinkAsync(first, "pays");

        (await _bench.ShowAsync(linked)).Outcome.Should().Be("passed");
        var closed = await _bench.ShowAsync(first);
        (closed.ClosedByRun, closed.Duties.Should().ContainSingle().Subject).Should().Be((linked, Words), "the old data are somebody's still");
    }

    [Fact]
    public async Task Settle_OnTheRunThatLeftIt_ClosesItOnBothRecords()
    {
        var first = await FirstAsync();
        var linked = await LinkAsync(first, "idles");

        var there = await _bench.Drills.SettleDutyAsync(linked, "take", DrillBench.Approver, "set by hand", default);
        var here = await _bench.Drills.SettleDutyAsync(first, "take", DrillBench.Approver, "set by hand", default);

        there.Should().Be(new AnswerResult(false, "no-duty", $"Run {first} has left it; close it there, and it is closed here: dro drill settle {first} take."));
        here.Accepted.Should().BeTrue(here.Detail);
        (await _bench.EntriesAsync(first))[^1].Data.ContainsKey("sharedTokens").Should().BeFalse("nobody's hand was in two tokens");
        (await _bench.ShowAsync(first)).ClosedByRun.Should().Be(linked);
        (await _bench.ShowAsync(first)).Duties.Should().BeEmpty();
        var later = await _bench.ShowAsync(linked);
        (later.Duties.Count, later.ClosedByRun, later.Outcome).Should().Be((0, linked, "switched-not-returned"), "nothing else kept it from having passed");
        (await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "home", DrillBench.Operator) { Closes = linked }, default)).Should().BeOfType<StartResult.Refused>()
            .Which.Detail.Should().EndWith($"run {linked} has closed its duties already.");
    }

    /// <summary>How the run ends and what it takes over are of one look at the earlier record.</summary>
    [Fact]
    public async Task Carry_SettledWhileTheLinkedRunEnds_IsOnItsRecordUntilItFollows()
    {
        var first = await FirstAsync();
        Plan("idles");
        var linked = await _bench.OpenAsync(closes: first);
        SettleBehindTheNextReadOf(first);

        await _bench.CarryAsync(linked);
        var ended = await _bench.ShowAsync(linked);
        await _bench.Process.GetRequiredService<StepDutiesLoop>().LookAsync(default);

        (ended.Outcome, ended.Duties.Should().ContainSingle().Subject, ended.ClosedByRun).Should().Be(("switched-not-returned", Words, null));
        var later = await _bench.ShowAsync(linked);
        (later.Duties.Count, later.ClosedByRun).Should().Be((0, linked));
    }

    [Fact]
    public async Task Settle_ByWhoeverAskedForTheLinkedRun_IsNotTaken()
    {
        var first = await FirstAsync();
        var linked = await LinkAsync(first, "idles", DrillBench.Other with { Roles = [PersonRole.Operator, PersonRole.Approver] });

        var own = await _bench.Drills.SettleDutyAsync(first, "take", DrillBench.Other, "set by hand", default);

        own.Should().Be(new AnswerResult(false, "own-run", "zhao asked for this run or wrote its plan; somebody else must close its duty."));
        (await _bench.ShowAsync(linked)).Duties.Should().Equal(Words);
    }

    /// <summary>The process died behind the first of the two records.</summary>
    [Fact]
    public async Task Look_ClosedOnTheRecordThatLeftIt_FollowsOnTheOther()
    {
        var first = await FirstAsync();
        var linked = await LinkAsync(first, "idles");
        await _bench.Reading.AppendAnswerAsync(first, new JournalDraft(JournalKinds.DutySettled, "chen", new System.Text.Json.Nodes.JsonObject { ["fence"] = "take", ["reason"] = "x" }), _ => null, default);
        var before = (await _bench.ShowAsync(linked)).Duties;

        await _bench.Process.GetRequiredService<StepDutiesLoop>().LookAsync(default);

        before.Should().Equal(Words);
        (await _bench.ShowAsync(linked)).Duties.Should().BeEmpty();
    }

    [Fact]
    public async Task Look_TheWorldShowsThatItIsDone_ClosesItOnBothRecordsAtOnce()
    {
        var first = await FirstAsync();
        var linked = await LinkAsync(first, "idles");
        _owes.SeenDone = "two";

        await _bench.Process.GetRequiredService<StepDutiesLoop>().LookAsync(default);

        (await _bench.ShowAsync(first)).Duties.Should().BeEmpty();
        (await _bench.ShowAsync(linked)).Duties.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carry_AThirdRunDoesIt_ClosesItOnEveryRecord(bool closesTheSecond)
    {
        var first = await FirstAsync();
        var second = await LinkAsync(first, "idles");

        var third = await LinkAsync(closesTheSecond ? second : first, "pays");

        (await _bench.ShowAsync(third)).Outcome.Should().Be("passed");
        (await _bench.ShowAsync(first)).ClosedByRun.Should().Be(third);
        (await _bench.ShowAsync(first)).Duties.Should().BeEmpty();
        await _bench.Process.GetRequiredService<StepDutiesLoop>().LookAsync(default);
        (await _bench.ShowAsync(second)).Duties.Should().BeEmpty();
    }

    [Fact]
    public async Task Carry_DiesBetweenTheTwoRecords_SaysItOnceOnEach()
    {
        var first = await FirstAsync();
        Plan("idles", (draft, written) => draft.Kind == JournalKinds.Closed && !written);
        var linked = await _bench.OpenAsync(closes: first);
        await _bench.Invoking(bench => bench.CarryAsync(linked)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(linked);

        (await _bench.ShowAsync(linked)).Outcome.Should().Be("switched-not-returned");
        (await _bench.ShowAsync(linked)).Duties.Should().Equal(Words);
        (await _bench.EntriesAsync(first)).Count(line => line.Kind == JournalKinds.DutiesClosed).Should().Be(1);
    }

    private void SettleBehindTheNextReadOf(long run) => _bench.Journal!.BehindNextRead = async journal =>
    {
        if (_bench.Journal.Reads.Last() != run)
        {
            SettleBehindTheNextReadOf(run);
            return;
        }

        await journal.AppendAnswerAsync(run, new JournalDraft(JournalKinds.DutySettled, "chen", new System.Text.Json.Nodes.JsonObject { ["fence"] = "take", ["reason"] = "x" }), _ => null, default);
    };

    private async Task<long> FirstAsync(string? more = null, string name = "more")
    {
        _bench.Step("take", "owes", with: """{ "holds": "true" }""");
        if (more is not null)
        {
            _bench.Step(name, "owes", with: more);
        }

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        return run;
    }

    private async Task<long> LinkAsync(long closes, string kind, Person? by = null)
    {
        Plan(kind);
        var started = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "home", by ?? DrillBench.Operator) { Closes = closes }, default);
        var linked = started.Should().BeOfType<StartResult.Started>().Subject.Run;
        await _bench.CarryAsync(linked);
        return linked;
    }

    private void Plan(string kind, Func<JournalDraft, bool, bool>? crash = null)
    {
        _bench.ForgetSteps();
        _bench.Step("give", kind);
        _bench.Restart(crash);
    }
}
