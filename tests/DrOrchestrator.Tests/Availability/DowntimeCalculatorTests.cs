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

        (downtime.Maintenance, downtime.MaintenanceLower, downtime.MaintenanceUpper).Should().Be((Span(10), Span(10), Span(10)));
        downtime.DownUpper.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Calculate_MaintenanceOnRecordWhileAnotherFunctionIsNotSeen_StaysPlanned()
    {
        var planned = Rows(new("p", IntervalState.Up, Edge(0, 0, 0), Edge(10, 10, 10), ""), new("p", IntervalState.Maintenance, Edge(10, 10, 10), Edge(20, 20, 20), ""));
        var blind = Rows(new("p", IntervalState.Up, Edge(0, 0, 0), Edge(10, 10, 10), ""), new("p", IntervalState.Unknown, Edge(10, 10, 10), Edge(20, 20, 20), ""));
        var slow = Rows(new Interval("p", IntervalState.Degraded, Edge(0, 0, 0), Edge(20, 20, 20), "")) with { Part = SubjectPart.DegradingFloor };

        var downtime = DowntimeCalculator.Calculate([planned, blind, slow], At(0), At(20));

        DowntimeCalculator.Calculate([planned, slow], At(0), At(20)).Degraded.Should().Be(Span(10), "planned time is nothing else");
        (downtime.Maintenance, downtime.MaintenanceUpper).Should().Be((Span(10), Span(10)));
        (downtime.DownUpper, downtime.Unknown, downtime.Degraded).Should().Be((TimeSpan.Zero, TimeSpan.Zero, Span(10)));
    }

    [Fact]
    public void Calculate_MaintenanceOnRecordOutsideItsSay_PlansNothing()
    {
        var planned = Rows(new Interval("p", IntervalState.Maintenance, Edge(0, 0, 0), Edge(20, 20, 20), "")) with { Deciding = [(At(10), At(20))] };
        var web = Rows(new Interval("p", IntervalState.Down, Edge(0, 0, 0), Edge(20, 20, 20), ""));

        DowntimeCalculator.Calculate([planned, web], At(0), At(20)).Down.Should().Be(Span(10));
    }

    [Fact]
    public void Calculate_DegradedProbe_ServedNevertheless()
    {
        var slow = Rows(new("p", IntervalState.Degraded, Edge(0, 0, 1), Edge(9, 10, 10), ""), new("p", IntervalState.Up, Edge(9, 10, 10), Edge(20, 20, 20), ""));

        var downtime = DowntimeCalculator.Calculate([slow], At(0), At(20));

        (downtime.Degraded, downtime.Down, downtime.DownUpper).Should().Be((Span(10), TimeSpan.Zero, Span(10)), "vantage points disagree, and whoever sees it down may be right");
    }

    [Theory]
    [InlineData(IntervalState.Up, 0, 0, 2)]
    [InlineData(IntervalState.Down, 10, 8, 10)]
    public void Calculate_MomentsGivenTwice_AreKnownOfNothing(IntervalState state, double down, double lower, double upper)
    {
        var row = Rows(new Interval("p", state, Edge(0, 0, 0), Edge(10, 10, 10), "")) with { Blips = [new Blip("p", IntervalState.Unknown, At(4), At(6))] };

        var downtime = DowntimeCalculator.Calculate([row], At(0), At(10));

        (downtime.Down, downtime.DownLower, downtime.DownUpper).Should().Be((Span(down), Span(lower), Span(upper)));
        downtime.Unknown.Should().Be(state == IntervalState.Up ? Span(2) : TimeSpan.Zero, "an interruption on record is one");
    }

    [Fact]
    public void Calculate_WindowThatEndsBeforeItBegins_IsEmpty()
    {
        var downtime = DowntimeCalculator.Calculate([Play("+++").Timeline], At(10), At(5));

        (downtime.Unknown, downtime.DownUpper).Should().Be((TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void Calculate_NoSubject_KnowsNothing()
    {
        var downtime = DowntimeCalculator.Calculate([], At(0), At(10));

        downtime.Unknown.Should().Be(Span(10));
        downtime.DownUpper.Should().Be(Span(10));
    }

    private static SubjectTimeline Rows(params Interval[] rows) => new("p", rows, [], new ObservedUntil("p", At(30), At(30), At(30)));
}
