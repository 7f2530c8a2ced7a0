using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage.Spooling;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>A refused record taken apart and put together again.</summary>
public sealed class RefusalsTests
{
    private static readonly SpoolLoss Loss = new(At(1), At(2), ["x"]);

    private static readonly SpoolRecord Record = new("w", 7)
    {
        Timeline = new TimelineBatch(
            [Change("b", 5), Change("a", 6)], [new Blip("c", IntervalState.Up, At(3), At(9)), new Blip("b", IntervalState.Up, At(4), At(5))], [new ObservedUntil("a", At(8), null, null)]),
        Exposures = [Sample("dr", 5), Sample("remote", 5), Sample("dr", 6)],
        Synchrony = [new SynchronyInterval("s", "dr", Synchrony.Synchronous, At(2), At(11), "")],
        Loss = Loss,
    };

    [Fact]
    public void Parts_ARecord_IsOneForEachSubjectAndPairAlwaysInTheSameOrder()
    {
        var parts = Refusals.Parts(Record);

        parts.Select(part => (part.Writer, part.Number)).Should().Equal(Enumerable.Range(1, 7).Select(number => ("w/7", (long)number)));
        parts.Take(3).Select(part => part.Timeline!).Select(batch => string.Join(' ', batch.Changes.Select(c => c.Subject).Concat(batch.Blips.Select(b => b.Subject)).Concat(batch.Observed.Select(o => o.Subject))))
            .Should().Equal("a a", "b b", "c");
        parts.Skip(3).Select(part => (part.Exposures.Count, part.Synchrony.Count, part.Loss)).Should().Equal((2, 0, null), (1, 0, null), (0, 1, null), (0, 0, Loss));
    }

    [Fact]
    public void Together_ItsParts_AreTheWholeAgain()
    {
        var whole = Refusals.Together(Record, Refusals.Parts(Record));

        (whole.Writer, whole.Number, whole.Loss).Should().Be(("w", 7, Loss));
        whole.Timeline.Should().BeEquivalentTo(Record.Timeline);
        whole.Exposures.Should().BeEquivalentTo(Record.Exposures);
        whole.Synchrony.Should().Equal(Record.Synchrony);
        Refusals.Together(Record, Refusals.Parts(Record).Skip(3).Take(1).ToList()).Should().BeEquivalentTo(new { Timeline = (TimelineBatch?)null, Loss = (SpoolLoss?)null });
    }

    [Fact]
    public void Instead_OfARecord_IsAGapOverAllItsMomentsAndNames()
    {
        var gaps = Refusals.Instead(Record, Record, At(100));

        gaps.Should().HaveCount(3).And.OnlyContain(gap => gap.Writer == "w/7" && gap.Number == 8);
        gaps[0].Loss.Should().BeEquivalentTo(new SpoolLoss(At(2), At(11), ["a", "b", "c", "s dr", "s remote"]) { Cause = SpoolLossCause.Refused });
        gaps.Select(gap => (gap.Refused?.Subjects.Count, gap.Refused?.Newest is not null)).Should().Equal((3, true), (3, false), (null, false));
    }

    [Theory]
    [InlineData(0, 3, 9)] // a contradiction
    [InlineData(1, 8, 8)] // an observation
    [InlineData(2, 5, 6)] // exposures
    [InlineData(3, 2, 11)] // a stretch of synchrony
    [InlineData(4, 100, 100)] // nothing that has a moment
    public void Instead_OfOneKind_ReachesOverItsMoments(int kind, double from, double to)
    {
        SpoolRecord refused = kind switch
        {
            0 => new SpoolRecord("w", 7) { Timeline = new TimelineBatch([], [Record.Timeline!.Blips[0]], []) },
            1 => new SpoolRecord("w", 7) { Timeline = new TimelineBatch([], [], Record.Timeline!.Observed) },
            2 => new SpoolRecord("w", 7) { Exposures = Record.Exposures },
            3 => new SpoolRecord("w", 7) { Synchrony = Record.Synchrony },
            _ => new SpoolRecord("w", 7),
        };

        Refusals.Instead(Record, refused, At(100))[0].Loss.Should().BeEquivalentTo(new { From = At(from), To = At(to) });
    }

    private static TimelineChange Change(string subject, double at) => new(subject, IntervalState.Down, Edge(at, at, at), "");

    private static ExposureSample Sample(string standby, double second) => new("s", standby, At(second), 1, ReplicationState.Protected);
}
