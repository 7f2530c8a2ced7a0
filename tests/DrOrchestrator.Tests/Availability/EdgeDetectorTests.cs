using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public class EdgeDetectorTests
{
    [Fact]
    public void Accept_FailuresConfirmed_DatesTheEdgeBackToTheFirstWithItsBounds()
    {
        var rows = Play("+++--").Intervals;

        rows.Should().HaveCount(2);
        rows[1].State.Should().Be(IntervalState.Down);
        rows[1].Start.Should().Be(Edge(earliest: 2, at: 3, latest: 3.2));
        rows[0].End.Should().Be(rows[1].Start);
    }

    [Fact]
    public void Accept_GoodAgain_DatesTheEdgeBackToTheFirstGoodResult()
    {
        Play("++---++").Intervals[2].Start.Should().Be(Edge(earliest: 4, at: 5, latest: 5.2));
    }

    [Fact]
    public void Accept_TooFewFailures_LeavesABlipAndNoChange()
    {
        var played = Play("++-++");

        played.Intervals.Should().ContainSingle();
        played.Blips.Should().Equal(new Blip("p", IntervalState.Up, At(1), At(3.2)));
    }

    [Fact]
    public void Accept_OneGoodResultWhileDown_LeavesABlipAndNoChange()
    {
        var played = Play("++--+--");

        played.Intervals.Should().HaveCount(2);
        played.Blips.Should().Equal(new Blip("p", IntervalState.Down, At(3), At(5.2)));
    }

    [Fact]
    public void Accept_InterruptedRun_StartsAgainFromTheNewestGoodResult()
    {
        Play("++-+--").Intervals[1].Start.Should().Be(Edge(earliest: 3, at: 4, latest: 4.2));
    }

    [Fact]
    public void Accept_FirstResults_AreUnknownUntilConfirmed()
    {
        Play("+").State.State.Should().Be(IntervalState.Unknown);
        Play("++").Intervals.Should().ContainSingle().Which.Start.Should().Be(Edge(0, 0, 0.2));
    }

    [Fact]
    public void Accept_FirstResultsDisagree_ReachBackToTheLastThatDid()
    {
        Play("-++").Intervals[0].Start.Should().Be(Edge(earliest: 0, at: 1, latest: 1.2));
        Play("++.....-++").Intervals[2].Start.Should().Be(Edge(earliest: 7, at: 8, latest: 8.2));
    }

    [Fact]
    public void For_AProbe_ConfirmsAsDeclaredAndWaitsASecondBeyondItsTimeout()
    {
        var probe = new ProbeDefinition("p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), 1, new TcpProbeSettings("h", 1)) { ConfirmationsOf = 4 };

        DetectorRules.For(probe).Should().Be(new DetectorRules(1, TimeSpan.FromSeconds(8)) { Of = 4 });
        DetectorRules.For(probe with { Confirmations = 0 }).Confirmations.Should().Be(1);
    }

    [Fact]
    public void Tick_NoResultForTooLong_IsUnknownSinceTheLastOne()
    {
        var rows = Play("++....").Intervals;

        rows.Should().HaveCount(2);
        rows[1].State.Should().Be(IntervalState.Unknown);
        rows[1].Start.Should().Be(Edge(earliest: 1, at: 1.2, latest: 1.2));
        rows[1].Reason.Should().Be("no result for 3.8s");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2.8)] // exactly as long: from 1.2 to 4
    public void Tick_SilenceWithinItsLimit_ChangesNothing(double longest) => Play("++...", longestSilence: longest).Intervals.Should().ContainSingle();

    [Fact]
    public void Tick_NobodyLooksAnyMore_LeavesNothingConfirmedAndSaysWhy() =>
        Play("++....").State.Should().BeEquivalentTo(new { State = IntervalState.Unknown, ConfirmedAt = (DateTimeOffset?)null, Reason = "no result for 3.8s" });

    [Fact]
    public void Accept_LateResultAfterSilence_OpensUnknownToo()
    {
        var rules = new DetectorRules(1, TimeSpan.FromSeconds(3));
        var state = Play("++", confirmations: 1).State;

        var late = EdgeDetector.Accept(state, rules, new("p", ProbeOutcome.Down, At(60), At(60.2), "refused"));

        late.Changes.Select(c => c.State).Should().Equal(IntervalState.Unknown, IntervalState.Down);
        late.Changes[1].At.Should().Be(Edge(earliest: 1, at: 60, latest: 60.2), "the interruption may have begun right after the last good result");
    }

    [Fact]
    public void Accept_DownAfterUnknown_ReachesBackToTheLastGoodResult() =>
        Play("++.....--").Intervals[2].Start.Should().Be(Edge(earliest: 1, at: 7, latest: 7.2));

    [Fact]
    public void Accept_UpAfterUnknown_ReachesBackToTheLastFailedResult() =>
        Play("++--.....++").Intervals[3].Start.Should().Be(Edge(earliest: 3, at: 9, latest: 9.2));

    [Fact]
    public void Accept_ContradictionBeforeTheSilence_BelongsToTheUnknown()
    {
        var rows = Play("++-.....--").Intervals;

        rows[1].State.Should().Be(IntervalState.Unknown);
        rows[1].Start.Should().Be(Edge(earliest: 1, at: 2, latest: 2.2));
        rows[2].Start.Should().Be(Edge(earliest: 1, at: 8, latest: 8.2));
    }

    [Fact]
    public void Accept_CouldNotLook_IsUnknownAtOnce()
    {
        var rows = Play("+++?++").Intervals;

        rows.Select(r => r.State).Should().Equal(IntervalState.Up, IntervalState.Unknown, IntervalState.Up);
        rows[1].Start.Should().Be(Edge(2, 2.2, 2.2));
        rows[2].Start.Should().Be(Edge(2, 4, 4.2));
    }

    [Fact]
    public void Accept_ResultsOnBothSidesOfASilence_AreNotInARow() =>
        Play("++......-......-").Intervals.Select(r => r.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);

    [Fact]
    public void Resume_AfterACrashWhileUp_IsUnknownSinceTheLastKeptObservation()
    {
        var rows = Play("+++!++").Intervals;

        rows.Select(r => r.State).Should().Equal(IntervalState.Up, IntervalState.Unknown, IntervalState.Up);
        rows[1].Should().BeEquivalentTo(new { Start = Edge(2, 2.2, 2.2), Reason = "the orchestrator was not running" });
    }

    [Fact]
    public void Resume_AfterACrashInAContradiction_ReachesBackBeforeIt()
    {
        var rows = Play("++-!--").Intervals;

        rows[1].Start.Should().Be(Edge(earliest: 1, at: 2, latest: 2.2));
        rows[2].Start.Should().Be(Edge(earliest: 1, at: 4, latest: 4.2));
    }

    [Fact]
    public void Resume_AfterACrashWhileDown_LetsTheOutageEndAfterTheLastFailedResult() =>
        Play("++---!++").Intervals[3].Start.Should().Be(Edge(earliest: 4, at: 6, latest: 6.2));

    [Fact]
    public void Resume_AfterACrashInAGoodResultWhileDown_ReachesBackBeforeIt() =>
        Play("++---+!++").Intervals[2].Start.Should().Be(Edge(earliest: 4, at: 5, latest: 5.2));

    [Fact]
    public void Resume_ContradictionOverBeforeTheCrash_BeginsWithTheLastObservation() =>
        Play("++-+!++").Intervals[1].Start.Should().Be(Edge(earliest: 3, at: 3.2, latest: 3.2));

    [Theory]
    [InlineData(IntervalState.Degraded, 3, 9, 9, 9.2)] // what is newest agrees
    [InlineData(IntervalState.Up, null, 9, 0, 9)] // a contradiction, and nothing on record that agrees
    [InlineData(IntervalState.Up, 3, null, 3, 9.2)]
    public void Resume_WhatIsOnRecord_SaysWhereTheUnknownBegins(IntervalState state, int? good, int? failed, double earliest, double at)
    {
        DateTimeOffset? Moment(int? second) => second is { } known ? At(known) : null;

        var resumed = EdgeDetector.Resume(new TimelineTail(new Interval("p", state, Edge(0, 1, 2), null, "r"), new ObservedUntil("p", At(9.2), Moment(good), Moment(failed))), At(9.2));

        resumed.Changes.Should().Equal(new TimelineChange("p", IntervalState.Unknown, Edge(earliest, at, 9.2), "the orchestrator was not running"));
        resumed.Blip.Should().BeNull("the clock stands where it stood");
    }

    [Fact]
    public void Resume_RowNewerThanTheLastKeptObservation_NeverBeginsBeforeThatRow() =>
        EdgeDetector.Resume(new TimelineTail(new Interval("p", IntervalState.Up, Edge(4, 10, 10.2), null, "r"), new ObservedUntil("p", At(9.2), At(9), null)), At(20))
            .Changes.Should().ContainSingle().Which.At.Should().Be(Edge(9, 10, 10));

    [Fact]
    public void Resume_UnknownAndTheClockSetBack_SaysThatItWas() =>
        EdgeDetector.Resume(new TimelineTail(new Interval("p", IntervalState.Unknown, Edge(1, 2, 2), null, "r"), new ObservedUntil("p", At(9), At(1), null)), At(4))
            .State.Reason.Should().Be("the clock was set back by 5s or more while the orchestrator was not running");

    [Fact]
    public void Resume_TwiceWithoutAResult_AddsNoRow() => Play("+++!!").Intervals.Should().HaveCount(2);

    [Fact]
    public void Accept_ClockSetBackBetweenProcesses_IsUnknownUntilTheMomentsAreNewAgain()
    {
        var resumed = EdgeDetector.Resume(new TimelineTail(
            new Interval("p", IntervalState.Up, Edge(100, 100, 101), null, "r"), new ObservedUntil("p", At(200), At(199), null)), At(49));

        resumed.Changes.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            State = IntervalState.Unknown,
            At = Edge(199, 200, 200),
            Reason = "the clock was set back by 151s or more while the orchestrator was not running",
        });
        resumed.Blip.Should().Be(new Blip("p", IntervalState.Unknown, At(49), At(200)));
        Look(resumed.State, 50).Changes.Should().BeEmpty();
        Look(resumed.State, 200).Changes.Should().ContainSingle("the moment itself is new").Which.At.Should().Be(Edge(199, 200, 201));
        Look(Look(resumed.State, 50).State, 201).Changes.Should().ContainSingle().Which.At.Should().Be(Edge(199, 201, 202));

        Detection Look(DetectorState state, double at) =>
            EdgeDetector.Accept(state, new DetectorRules(1, TimeSpan.FromSeconds(3)), new("p", ProbeOutcome.Up, At(at), At(at + 1), "HTTP 200"));
    }
}
