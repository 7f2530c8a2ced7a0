using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Compliance;

namespace DrOrchestrator.Tests.Compliance;

public sealed class ShownStateTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(IntervalState.Up, IntervalState.Degraded, IntervalState.Degraded)]
    [InlineData(IntervalState.Up, IntervalState.Down, IntervalState.Down)]
    [InlineData(IntervalState.Unknown, IntervalState.Down, IntervalState.Down)]
    [InlineData(IntervalState.Up, IntervalState.Unknown, IntervalState.Up)]
    [InlineData(IntervalState.Up, IntervalState.Up, IntervalState.Up)]
    [InlineData(IntervalState.Unknown, IntervalState.Degraded, IntervalState.Unknown)]
    [InlineData(IntervalState.Down, IntervalState.Degraded, IntervalState.Down)]
    public void Under_OneFloor_IsTheWorseOfBoth(IntervalState probes, IntervalState floor, IntervalState shown) =>
        new ShownState(probes, T0, "probe").Under([Floor(floor, 5)]).State.Should().Be(shown);

    [Fact]
    public void Under_SeveralBrokenFloors_SaysSinceWhenAndWhyByTheWorstAndOldest() =>
        new ShownState(IntervalState.Up, T0, "HTTP 200").Under([Floor(IntervalState.Degraded, 1), Floor(IntervalState.Down, 9), Floor(IntervalState.Down, 7)])
            .Should().Be(new ShownState(IntervalState.Down, T0.AddSeconds(7), "floor since 7"));

    [Fact]
    public void Under_ProbeAndFloorDown_KeepsWhatTheProbeSays() =>
        new ShownState(IntervalState.Down, T0.AddSeconds(8), "refused").Under([Floor(IntervalState.Down, 1)]).Reason.Should().Be("refused");

    [Theory]
    [InlineData(100, 200, 200)]
    [InlineData(200, 100, 200)]
    public void Within_PlannedWork_BeganWithTheLaterOfBoth(double down, double start, double since)
    {
        var word = new MaintenanceWord("li", T0);
        var planned = new MaintenanceEntry(1, "CHG-7", ["s"], T0.AddSeconds(start), T0.AddHours(1), "r", TimeSpan.Zero, word, word, null);

        new ShownState(IntervalState.Down, T0.AddSeconds(down), "refused").Within(planned)
            .Should().Be(new ShownState(IntervalState.Maintenance, T0.AddSeconds(since), "planned work, change CHG-7"));
    }

    private static ServiceState Floor(IntervalState state, double since) =>
        new(state, new Edge(T0, T0.AddSeconds(since), T0), null, null, $"floor since {since}", null);
}
