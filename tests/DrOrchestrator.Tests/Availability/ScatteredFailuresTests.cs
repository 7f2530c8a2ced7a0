using DrOrchestrator.Availability;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public class ScatteredFailuresTests
{
    [Theory]
    [InlineData("+++-+-+-", 3)] // third failure of five
    [InlineData("+++--+-", 3)]
    [InlineData("+++---", 3)] // in a row too
    [InlineData("+++-++--", 3)] // good results in a row between them
    [InlineData("+++-++-+--", 6)] // the first has left the five, and good ones lead them
    public void Accept_FailuresAmongTheNewest_ConfirmFromTheFirst(string results, double since)
    {
        var played = Play(results, confirmations: 3, of: 5);

        played.State.State.Should().Be(IntervalState.Down);
        played.Intervals[^1].Start.Should().Be(Edge(since - 1, since, since + 0.2));
    }

    [Theory]
    [InlineData("+++-++-++-++-")] // never three of five
    [InlineData("+++-+-")]
    [InlineData("+++--+++-")]
    [InlineData("-+-+-+-+")] // not yet observed: in a row only
    public void Accept_TooFewAmongTheNewest_ConfirmNothing(string results) =>
        Play(results, confirmations: 3, of: 5).Intervals.Should().NotContain(row => row.State == IntervalState.Down);

    [Fact]
    public void Accept_GoodResultsInsideTheInterruption_AreTakenFromTheLowerBound()
    {
        var timeline = Play("+++-+--+++", confirmations: 3, of: 5).Timeline;

        var downtime = DowntimeCalculator.Calculate([timeline], At(0.2), At(9));

        // Down from 3 to 7. Surely from 3.2 to 6, without the time around the good result at 4: from 3 to the end of the next failure at 5.2.
        downtime.Down.Should().Be(Span(4));
        downtime.DownLower.Should().Be(Span(6 - 5.2));
        downtime.DownUpper.Should().Be(Span(7.2 - 2));
    }

    [Fact]
    public void Accept_GoodResultsBetweenFailures_AreContradictionsFromFailureToFailure()
    {
        Play("+++-++--", confirmations: 3, of: 5).Blips.Where(blip => blip.Within == IntervalState.Down).Should().Equal(new Blip("p", IntervalState.Down, At(3), At(6.2)));
        Play("+++-+-+-", confirmations: 3, of: 5).Blips.Where(blip => blip.Within == IntervalState.Down).Should().Equal(
            new Blip("p", IntervalState.Down, At(3), At(5.2)), new Blip("p", IntervalState.Down, At(5), At(7.2)));
    }

    [Fact]
    public void Accept_FailuresThatWereNeverEnough_CountInTheUpperBound()
    {
        var timeline = Play("+++-+-++++++", confirmations: 3, of: 5).Timeline;

        var downtime = DowntimeCalculator.Calculate([timeline], At(0.2), At(10));

        downtime.Down.Should().Be(TimeSpan.Zero);
        downtime.DownUpper.Should().Be(Span(6.2 - 2));
    }

    [Fact]
    public void Accept_GapBetweenFailures_ForgetsThem() =>
        Play("+++-+-....-+++", confirmations: 3, of: 5).Intervals.Should().NotContain(row => row.State == IntervalState.Down);
}
