using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

/// <summary>One result a second of 0.2 s; <c>s</c> is good and slow (0.8 s); a window is 10 s.</summary>
public class FloorDetectorTests
{
    private static readonly LqaFloor Success = new(LqaKind.Success, 0.8, null, Span(10), true);
    private static readonly LqaFloor Latency = new(LqaKind.Latency, 0.9, Span(0.5), Span(10), false);
    private static readonly LqaFloor Throughput = new(LqaKind.Throughput, 100, null, Span(10), true);

    [Fact]
    public void Accept_AWholeGoodWindow_IsUpSinceTheFirstResult()
    {
        Play(Success, "++++++++++").Should().BeEmpty();
        Play(Success, "+++++++++++").Should().Equal((IntervalState.Up, Edge(0, 0, 0.2)));
    }

    [Fact]
    public void Accept_TooManyFailures_InterruptSinceTheFirstOfThem() =>
        Play(Success, "++++++++++++-+-+-+").Should().Equal((IntervalState.Up, Edge(0, 0, 0.2)), (IntervalState.Down, Edge(11, 12, 16.2)));

    [Fact]
    public void Accept_AsManyFailuresAsAllowed_AreNotBelow() =>
        Play(Success, "+++++++++++++-+-+++++++++++++").Should().ContainSingle();

    [Fact]
    public void Accept_RecoveredForAWholeWindow_IsUpSinceTheFirstGoodWindow()
    {
        // The failures at 12, 14 and 16; the first has left the window at 22.
        var all = "++++++++++++-+-+-+++++" + "++++++++++";

        Play(Success, all).Should().HaveCount(2);
        Play(Success, all + "+").Last().Should().Be((IntervalState.Up, Edge(16, 22, 22.2)));
    }

    [Fact]
    public void Accept_WindowThatBeginsWithAFailure_ReachesBackToTheGoodResultThatLeftIt() =>
        Play(Success, "++++++++++++-+++++++--").Last().Should().Be((IntervalState.Down, Edge(11, 12, 21.2)));

    [Fact]
    public void Accept_BelowAgainBeforeAWholeWindow_StaysBelow() =>
        Play(Success, "++++++++++++-+-+-+++++++---" + new string('+', 18)).Skip(1).Should().Equal(
            (IntervalState.Down, Edge(11, 12, 16.2)), (IntervalState.Up, Edge(26, 34, 34.2)));

    [Fact]
    public void Accept_SlowResults_DegradeService() =>
        Play(Latency, "+++++++++++++ss").Should().Equal((IntervalState.Up, Edge(0, 0, 0.2)), (IntervalState.Degraded, Edge(12, 13, 14.8)));

    [Fact]
    public void Accept_AsSlowAsAllowed_IsNotSlow() => Play(Latency with { Latency = Span(0.8) }, "ssssssssssss").Should().ContainSingle().Which.State.Should().Be(IntervalState.Up);

    [Fact]
    public void Accept_FailedResults_AreNotFast() =>
        Play(Latency, "+++++++++++++--").Last().State.Should().Be(IntervalState.Degraded);

    [Fact]
    public void Accept_ThroughputUnderTheMean_Interrupts()
    {
        var values = Enumerable.Repeat<double?>(120, 12).Concat(Enumerable.Repeat<double?>(20, 4)).ToArray();

        Play(Throughput, "++++++++++++++++", values).Should().Equal((IntervalState.Up, Edge(0, 0, 0.2)), (IntervalState.Down, Edge(11, 12, 14.2)));
    }

    [Fact]
    public void Accept_ResultsWithoutAValue_CountAsNothing() =>
        Play(Throughput, "++++++++++++", [.. Enumerable.Repeat<double?>(null, 12)]).Should().ContainSingle().Which.State.Should().Be(IntervalState.Down);

    [Fact]
    public void Accept_FailedResultsWithAValue_CountAsNothing() =>
        Play(Throughput with { AtLeast = 0.5 }, "------------", [.. Enumerable.Repeat<double?>(120, 12)]).Should().ContainSingle().Which.State.Should().Be(IntervalState.Down);

    [Fact]
    public void Accept_ValuesAtTheFloor_AreNotBelowIt() =>
        Play(Throughput, "+++++++++++++", [.. Enumerable.Repeat<double?>(100, 12), 0]).Last().Should().Be((IntervalState.Down, Edge(11, 12, 12.2)));

    [Fact]
    public void Accept_ValueThatIsNoNumber_CountsAsNothing() =>
        Play(Throughput, "+++++++++++++", [.. Enumerable.Repeat<double?>(100, 12), double.NaN]).Last().State.Should().Be(IntervalState.Down);

    [Fact]
    public void Accept_OneAbsurdValue_IsForgottenAfterAWhile() =>
        Play(Throughput with { AtLeast = 5 }, new string('+', 1040), [1e18, .. Enumerable.Repeat<double?>(10, 1039)]).Last().State.Should().Be(IntervalState.Up, "a running sum is made anew");

    [Theory]
    [InlineData("++++++++++--.....--")] // two failures before the gap, two after it: of eight that may have been good
    [InlineData("++++++++++++?--")]
    public void Accept_ResultsOnBothSidesOfAGap_AreNotAddedUp(string results) => Play(Success, results).Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);

    [Fact]
    public void Accept_FailuresAfterAGap_AreNotWeighedAgainstThoseBeforeIt() =>
        Play(Success, "++++++++++--.....++++++++---").Last().Should().Be((IntervalState.Down, Edge(24, 25, 27.2)));

    [Fact]
    public void Accept_ThroughputAfterAGap_IsOfWhatWasSeenSince() =>
        Play(Throughput, "++++++++++++.....+++++++++++", [.. Enumerable.Repeat<double?>(120, 17), .. Enumerable.Repeat<double?>(99.95, 11)]).Last().State.Should().Be(IntervalState.Down);

    [Fact]
    public void Accept_BrokenAfterAGap_MayHaveBegunInIt() =>
        Play(Success, "++++++++++++......---").Last().Should().Be((IntervalState.Down, Edge(11, 18, 20.2)));

    [Fact]
    public void Accept_CouldNotLookWhileBroken_IsUnknownSinceTheLastThatWasBelow() =>
        Play(Success, "---?").Last().Should().Be((IntervalState.Unknown, Edge(2, 2.2, 2.2)));

    [Fact]
    public void Accept_MomentsOfAnEarlierClock_AreLeftOut()
    {
        var state = DetectorState.Nothing with { LabelledUntil = At(5) };

        new FloorDetector(Success, Span(1)).Accept(state, new DetectorRules(1, Span(3)), "p#floor", new ProbeResult("p", ProbeOutcome.Down, At(4), At(4.2), ""))
            .Should().BeEquivalentTo(new Detection(state, [], null));
    }

    [Fact]
    public void Accept_Changes_SayWhyAndSinceWhenTheyAreConfirmed()
    {
        var reasons = new List<string>();
        Play(Success, "++++++++++++-+-+-+", reasons: reasons);
        Play(Latency, "+++++++++++++ss", reasons: reasons);
        Play(Throughput, "++++++++++++", [.. Enumerable.Repeat<double?>(null, 12)], reasons);
        Play(Success, "++++++++++++......+?", reasons: reasons);
        Play(Success, "++++++++++++?", reasons: reasons);

        reasons.Should().Equal(
            "at or above the success floor for 10 s @10.2",
            "success floor broken: 3 of 10 results in 10 s failed; at least 80% must be good @16.2",
            "at or above the latency floor for 10 s @10.2",
            "latency floor broken: 2 of 10 results in 10 s failed or took over 500 ms; 90% must not @14.8",
            "throughput floor broken: 0 on average in 10 s; at least 100 is wanted @10.2",
            "at or above the success floor for 10 s @10.2",
            "results are missing @",
            "at or above the success floor for 10 s @10.2",
            "could not look @");
    }

    [Fact]
    public void Accept_AGap_IsUnknownUntilAWholeWindowIsSeen()
    {
        var rows = Play(Success, "++++++++++++......+++++++++");

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);
        Play(Success, "++++++++++++......+++++++++++").Last().Should().Be((IntervalState.Up, Edge(11, 18, 18.2)));
    }

    [Fact]
    public void Accept_CouldNotLook_IsUnknown()
    {
        Play(Success, "++++++++++++?+++++++++").Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);
        Play(Success, "++++++++++++?+++++++++++").Last().Should().Be((IntervalState.Up, Edge(11, 13, 13.2)), "what could not look is no result");
    }

    [Fact]
    public void Accept_BrokenWhateverWasMissed_DoesNotWaitForAWholeWindow() =>
        Play(Success, "---").Should().Equal((IntervalState.Down, Edge(0, 0, 2.2)));

    private static List<(IntervalState State, Edge Start)> Play(LqaFloor floor, string results, double?[]? values = null, List<string>? reasons = null)
    {
        var detector = new FloorDetector(floor, Span(1));
        var (state, rows) = (DetectorState.Nothing, new List<(IntervalState, Edge)>());
        for (var second = 0; second < results.Length; second++)
        {
            if (results[second] == '.')
            {
                continue;
            }

            var outcome = results[second] switch { '-' => ProbeOutcome.Down, '?' => ProbeOutcome.Unknown, _ => ProbeOutcome.Up };
            var result = new ProbeResult("p", outcome, At(second), At(second + (results[second] == 's' ? 0.8 : 0.2)), "could not look") { Value = values?[second] };
            var detection = detector.Accept(state, new DetectorRules(1, Span(3)), "p#floor", result);
            state = detection.State;
            reasons?.AddRange(detection.Changes.Select(_ => FormattableString.Invariant($"{state.Reason} @{(state.ConfirmedAt - T0)?.TotalSeconds}")));
            rows.AddRange(detection.Changes.Select(change => (change.State, change.At)));
        }

        return rows;
    }
}
