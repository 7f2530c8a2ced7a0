using DrOrchestrator.Availability;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public class DowntimeCalculatorTests
{
    [Fact]
    public void Calculate_NobodyLooksInAPlannedWindow_StaysInTheUpperBound()
    {
        // Up until 6.2 s, then nobody looks; planned from 3 s to 13 s.
        var ledger = ServiceLedger.Of([Play("+++++++.......++").Timeline], new LedgerEntries([new ApprovedWindow(At(3), At(13))], []));

        var downtime = ledger.Between(At(1), At(15));

        downtime.Unknown.Should().Be(Span(14 - 6.2));
        downtime.DownUpper.Should().BeGreaterThanOrEqualTo(downtime.Unknown);
        downtime.Maintenance.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Calculate_OneOutage_GivesNominalAndBounds()
    {
        var downtime = DowntimeCalculator.Calculate([Play("+++-----+++").Timeline], At(0.2), At(10));

        downtime.Down.Should().Be(Span(5));
        downtime.DownLower.Should().Be(Span(3.8));
        downtime.DownUpper.Should().Be(Span(6.2));
        downtime.Unknown.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Calculate_UnconfirmedFailure_CountsInTheUpperBoundOnly()
    {
        var downtime = DowntimeCalculator.Calculate([Play("+++-+++").Timeline], At(0.2), At(6));

        downtime.Down.Should().Be(TimeSpan.Zero);
        downtime.DownLower.Should().Be(TimeSpan.Zero);
        downtime.DownUpper.Should().Be(Span(4.2 - 2));
    }

    [Fact]
    public void Calculate_UnconfirmedGoodResult_IsTakenFromTheLowerBoundOnly()
    {
        var downtime = DowntimeCalculator.Calculate([Play("++---+---++").Timeline], At(0.2), At(10));

        downtime.Down.Should().Be(Span(7));
        downtime.DownLower.Should().Be(Span(8 - 2.2 - (6.2 - 4)));
    }

    [Fact]
    public void Calculate_UnknownTime_IsInTheUpperBoundAndInNeitherOther()
    {
        var downtime = DowntimeCalculator.Calculate([Play("+++.......++").Timeline], At(0.2), At(11));

        downtime.Unknown.Should().Be(Span(10 - 2.2));
        downtime.Down.Should().Be(TimeSpan.Zero);
        downtime.DownUpper.Should().Be(Span(10.2 - 2));
    }

    [Fact]
    public void Calculate_BeforeAnybodyLooked_IsUnknown()
    {
        var downtime = DowntimeCalculator.Calculate([Play("++").Timeline], At(-100), At(1));

        downtime.Unknown.Should().Be(Span(100));
        downtime.Observed.Should().Be(Span(1));
    }

    [Fact]
    public void Calculate_AfterTheNewestGoodResult_IsNotSurelyUp() =>
        DowntimeCalculator.Calculate([Play("+++").Timeline], At(0.2), At(2.5)).DownUpper.Should().Be(Span(0.5));

    [Fact]
    public void Calculate_WindowEdgeInsideAnOutage_ClipsErrorBarsToo()
    {
        var downtime = DowntimeCalculator.Calculate([Play("+++-----+++").Timeline], At(3.1), At(8.1));

        downtime.Down.Should().Be(Span(4.9));
        downtime.DownLower.Should().Be(Span(3.8));
        downtime.DownUpper.Should().Be(Span(5));
    }

    [Fact]
    public void Calculate_TwoCriticalFunctions_CountsTheUnionOnce()
    {
        var downtime = DowntimeCalculator.Calculate([Play("+++----+++++").Timeline, Play("+++++-----++").Timeline], At(0.2), At(11));

        downtime.Down.Should().Be(Span(7));
    }

    [Fact]
    public void Calculate_Maintenance_IsNotDowntimeAndNotUp()
    {
        var planned = new SubjectTimeline(
            "p",
            [
                new Interval("p", IntervalState.Up, Edge(0, 0, 0), Edge(10, 10, 10), ""),
                new Interval("p", IntervalState.Maintenance, Edge(10, 10, 10), Edge(20, 20, 20), ""),
                new Interval("p", IntervalState.Up, Edge(20, 20, 20), null, ""),
            ],
            [],
            new ObservedUntil("p", At(30), At(30), null));

        var downtime = DowntimeCalculator.Calculate([planned], At(0), At(30));

        downtime.Maintenance.Should().Be(Span(10));
        downtime.DownUpper.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Calculate_NoSubject_KnowsNothing()
    {
        var downtime = DowntimeCalculator.Calculate([], At(0), At(10));

        downtime.Unknown.Should().Be(Span(10));
        downtime.DownUpper.Should().Be(Span(10));
    }
}
