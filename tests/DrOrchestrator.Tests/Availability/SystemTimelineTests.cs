using DrOrchestrator.Availability;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public class SystemTimelineTests
{
    [Fact]
    public void Merge_OneFunction_IsItsTimeline()
    {
        var one = Play("+++---++").Intervals;

        SystemTimeline.Merge("s", [one]).Should().Equal(one.Select(i => i with { Subject = "s" }));
    }

    [Theory]
    [InlineData("++++++++++", "+++----+++", "Up 0, Down 3, Up 7")]
    [InlineData("+++----+++++", "+++++-----++", "Up 0, Down 3, Up 10")]
    [InlineData("++++++++++++", "+++......+++", "Up 0, Unknown 2.2, Up 9")]
    [InlineData("++++----++++", "+++......+++", "Up 0, Unknown 2.2, Down 4, Unknown 8, Up 9")]
    public void Merge_TwoFunctions_TakesTheWorst(string first, string second, string expected)
    {
        var merged = SystemTimeline.Merge("s", [Play(first).Intervals, Play(second).Intervals]);

        string.Join(", ", merged.Select(i => $"{i.State} {(i.Start.At - T0).TotalSeconds}")).Should().Be(expected);
        merged.Zip(merged.Skip(1)).Should().OnlyContain(pair => pair.First.End == pair.Second.Start);
        merged[^1].End.Should().BeNull();
    }

    [Fact]
    public void Merge_OverlappingErrorBars_WidensTheEdges()
    {
        Interval[] a =
        [
            new("a", IntervalState.Up, Edge(0, 0, 0), Edge(9, 10, 12), ""),
            new("a", IntervalState.Down, Edge(9, 10, 12), Edge(19, 20, 24), "a"),
            new("a", IntervalState.Up, Edge(19, 20, 24), null, ""),
        ];
        Interval[] b =
        [
            new("b", IntervalState.Up, Edge(0, 0, 0), Edge(8, 11, 11.5), ""),
            new("b", IntervalState.Down, Edge(8, 11, 11.5), Edge(18, 21, 23), "b"),
            new("b", IntervalState.Up, Edge(18, 21, 23), null, ""),
        ];

        var down = SystemTimeline.Merge("s", [a, b])[1];

        down.Start.Should().Be(Edge(8, 10, 11.5), "the first of two lies between the minima");
        down.End.Should().Be(Edge(19, 21, 24), "the last of two lies between the maxima");
    }

    [Fact]
    public void Merge_SeveralDownAtOnce_SaysWhyByTheFirst()
    {
        Interval[] Down(string name) => [new(name, IntervalState.Down, Edge(0, 1, 2), null, name)];

        SystemTimeline.Merge("s", [Down("a"), Down("b")]).Should().ContainSingle().Which.Reason.Should().Be("a");
    }

    [Fact]
    public void Merge_FunctionNotObservedYet_IsUnknown() =>
        SystemTimeline.Merge("s", [Play("++++++").Intervals, Play("...+++").Intervals]).Select(i => i.State).Should().Equal(IntervalState.Unknown, IntervalState.Up);
}
