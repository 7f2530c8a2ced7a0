using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage.Spooling;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>What waits, as windows and restarts must see it.</summary>
public sealed class SpoolOverlayTests
{
    private readonly SpoolOverlay _overlay = new();

    [Theory]
    [InlineData(0, 2, 0)] // ends where it begins
    [InlineData(0, 2.1, 1)]
    [InlineData(3.9, 9, 1)]
    [InlineData(4, 9, 0)] // begins where it ends
    public void Blips_AWindow_AreThoseThatReachIntoIt(double from, double to, int count)
    {
        Add(1, new TimelineBatch([], [new Blip("p", IntervalState.Up, At(2), At(4)), new Blip("q", IntervalState.Up, At(0), At(9))], []));

        _overlay.Blips("p", At(from), At(to)).Should().HaveCount(count);
    }

    [Theory]
    [InlineData("s", "dr", 0, 10, 0)]
    [InlineData("s", "dr", 0, 11, 1)]
    [InlineData("s", "dr", 14, 20, 1)]
    [InlineData("s", "dr", 15, 20, 0)] // it speaks for five seconds
    [InlineData("t", "dr", 0, 20, 0)]
    [InlineData("s", "remote", 0, 20, 0)]
    public void Exposures_AWindow_AreThoseThatSpeakForASecondOfIt(string system, string standby, double from, double to, int count)
    {
        _overlay.Add(new SpoolRecord("w", 1) { Exposures = [new ExposureSample("s", "dr", At(10), 1, ReplicationState.Protected) { Covers = 5 }] });

        _overlay.Exposures(system, standby, At(from), At(to)).Should().HaveCount(count);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    public void Tails_ObservationThatWaits_CountsUnlessTheDatabaseHasANewerOne(double until, bool counts)
    {
        var waiting = Seen(until) with { LastFailedStartedAt = At(3) };
        Add(1, new TimelineBatch([], [], [waiting]));

        Tail().Observed.Should().Be(counts ? waiting : Seen(5));
    }

    [Fact]
    public void Tails_ChangeThatWaits_IsTheOpenRowAndKeepsWhatWasObserved()
    {
        Add(1, new TimelineBatch([new TimelineChange("p", IntervalState.Down, Edge(6, 7, 8), "refused")], [], []));

        Tail().Should().BeEquivalentTo(new { Open = new { State = IntervalState.Down, Start = Edge(6, 7, 8) }, Observed = Seen(5) });
    }

    [Fact]
    public void Remove_SomeOrAll_ForgetsObservationsWithTheLastRecord()
    {
        Add(1, new TimelineBatch([], [], [Seen(9)]));
        Add(2, new TimelineBatch([], [], []));

        _overlay.Remove(1);
        Tail().Observed.Until.Should().Be(At(9), "a record still waits");
        _overlay.Remove(1);
        Tail().Observed.Until.Should().Be(At(5), "the database has all there is");
    }

    [Fact]
    public void After_ChangesOnTheirWay_AreAddedOnceAndCloseOnlyAnOpenRow()
    {
        Interval unknown = new("p", IntervalState.Unknown, Edge(1, 2, 2), null, "");
        TimelineChange down = new("p", IntervalState.Down, Edge(1, 2, 2), "refused");
        var closed = unknown with { End = Edge(3, 3, 3) };

        SpoolOverlay.After([down], [unknown]).Select(row => row.State).Should().Equal([IntervalState.Unknown, IntervalState.Down], "the same moment is not the same state");
        SpoolOverlay.After([down], [.. SpoolOverlay.After([down], [unknown])]).Should().HaveCount(2);
        SpoolOverlay.After([down], [closed])[0].End.Should().Be(Edge(3, 3, 3));
    }

    private static ObservedUntil Seen(double second) => new("p", At(second), At(second), null);

    private void Add(long number, TimelineBatch batch) => _overlay.Add(new SpoolRecord("w", number) { Timeline = batch });

    private TimelineTail Tail() => _overlay.Tails(new Dictionary<string, TimelineTail> { ["p"] = new(new Interval("p", IntervalState.Up, Edge(0, 0, 0), null, ""), Seen(5)) })["p"];
}
