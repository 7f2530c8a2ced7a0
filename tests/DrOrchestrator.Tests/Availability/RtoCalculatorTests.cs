using DrOrchestrator.Availability;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public class RtoCalculatorTests
{
    [Theory]
    [InlineData("+++", null)]
    [InlineData("+++-----+++", null)]
    [InlineData("+++---", 3)]
    [InlineData("+++--!--", 3)]
    [InlineData("+--++---", 5)]
    public void GoingOn_TimeLine_IsTheInterruptionThatHasNotEnded(string results, int? began) =>
        (RtoCalculator.GoingOn(Play(results).Intervals)?.At).Should().Be(began is { } second ? At(second) : null);

    [Fact]
    public void Outages_OneOutage_HasTheBoundsOfRule6()
    {
        var outage = Outages("+++-----+++").Should().ContainSingle().Subject;

        outage.Upper.Should().Be(Span(8.2 - 2), "from the START of the last good result to the END of the first good one");
        outage.Lower.Should().Be(Span(7 - 3.2), "from the END of the first failed result to the START of the last failed one");
    }

    [Fact]
    public void Outages_OrchestratorAwayDuringIt_IsStillOneOutage()
    {
        var outage = Outages("+++--!--++").Should().ContainSingle().Subject;

        outage.Interrupted.Should().Be(Edge(2, 3, 3.2));
        outage.Restored.Should().Be(Edge(7, 8, 8.2));
    }

    [Fact]
    public void Outages_BeganWhileNobodyLooked_ReachesBackToTheLastGoodResult() =>
        Outages("+++......----++").Should().ContainSingle().Which.Interrupted.Earliest.Should().Be(At(2));

    [Fact]
    public void Outages_EndedWhileNobodyLooked_ReachesBackToTheLastFailedResult() =>
        Outages("+++---......+++").Should().ContainSingle().Which.Restored!.Value.Should().Be(Edge(5, 12, 12.2));

    [Fact]
    public void Outages_StillDown_HasNoEndAndNoBounds()
    {
        var outage = Outages("+++---").Should().ContainSingle().Subject;

        outage.Restored.Should().BeNull();
        outage.Upper.Should().BeNull();
        outage.Lower.Should().BeNull();
    }

    [Fact]
    public void Outages_BeginningNobodySaw_ReachesBackToTheWindow() =>
        RtoCalculator.Outages(Play("---++").Intervals, At(-100), At(100)).Should().ContainSingle().Which.Interrupted.Earliest.Should().Be(At(-100));

    [Fact]
    public void Outages_BeginningNobodySawBeforeTheWindow_KeepsItsBound() =>
        RtoCalculator.Outages(Play("---++").Intervals, At(1), At(100)).Should().ContainSingle().Which.Interrupted.Earliest.Should().Be(At(0));

    [Fact]
    public void Outages_NobodyLookedForAWhile_IsNone() => Outages("+++......+++").Should().BeEmpty();

    [Fact]
    public void Lower_ErrorBarsThatOverlap_IsNeverNegative() => new Outage(Edge(0, 1, 5), Edge(3, 6, 7)).Lower.Should().Be(TimeSpan.Zero);

    [Fact]
    public void Outages_OutsideTheWindow_AreLeftOut()
    {
        var rows = Play("++---++---++").Intervals;

        RtoCalculator.Outages(rows, At(5.5), At(100)).Should().ContainSingle().Which.Interrupted.At.Should().Be(At(7));
        RtoCalculator.Outages(rows, At(-1), At(5)).Should().ContainSingle().Which.Interrupted.At.Should().Be(At(2));
    }

    private static IReadOnlyList<Outage> Outages(string results) => RtoCalculator.Outages(Play(results).Intervals, At(-10), At(100));
}
