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
    public void Accept_BelowAgainBeforeAWholeWindow_StaysBelow() =>
        Play(Success, "++++++++++++-+-+-+++++++---+++++++").Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Down);

    [Fact]
    public void Accept_SlowResults_DegradeService() =>
        Play(Latency, "+++++++++++++ss").Should().Equal((IntervalState.Up, Edge(0, 0, 0.2)), (IntervalState.Degraded, Edge(12, 13, 14.8)));

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
    public void Accept_AGap_IsUnknownUntilAWholeWindowIsSeen()
    {
        var rows = Play(Success, "++++++++++++......+++++++++");

        rows.Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);
        Play(Success, "++++++++++++......+++++++++++").Last().Should().Be((IntervalState.Up, Edge(11, 18, 18.2)));
    }

    [Fact]
    public void Accept_CouldNotLook_IsUnknown() =>
        Play(Success, "++++++++++++?+++++++++").Select(row => row.State).Should().Equal(IntervalState.Up, IntervalState.Unknown);

    [Fact]
    public void Accept_BrokenWhateverWasMissed_DoesNotWaitForAWholeWindow() =>
        Play(Success, "---").Should().Equal((IntervalState.Down, Edge(0, 0, 2.2)));

    private static List<(IntervalState State, Edge Start)> Play(LqaFloor floor, string results, double?[]? values = null)
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
            var result = new ProbeResult("p", outcome, At(second), At(second + (results[second] == 's' ? 0.8 : 0.2)), "") { Value = values?[second] };
            var detection = detector.Accept(state, new DetectorRules(1, Span(3)), "p#floor", result);
            state = detection.State;
            rows.AddRange(detection.Changes.Select(change => (change.State, change.At)));
        }

        return rows;
    }
}
