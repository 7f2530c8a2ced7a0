using DrOrchestrator.Availability;
using DrOrchestrator.Storage.Spooling;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Storage.Spooling;

/// <summary>What goes on record where observations do not.</summary>
public sealed class LostObservationsTests
{
    private readonly KeptTails _kept = new();

    [Fact]
    public void Damaged_SubjectsObservedBefore_AreUnknownSinceAndTheGapBeginsBehindTheNewest()
    {
        Keep("q", IntervalState.Up, 7);
        Keep("p", IntervalState.Down, 5);
        Keep("u", IntervalState.Unknown, 3);
        Keep("n", IntervalState.Up, 9); // as new as it can be

        var record = LostObservations.Damaged(new SpoolRecord("w", 1), At(9), _kept);

        record.Timeline!.Changes.Select(change => (change.Subject, change.State, change.At)).Should().BeEquivalentTo([("q", IntervalState.Unknown, Edge(6, 7, 7)), ("p", IntervalState.Unknown, Edge(4, 5, 5))]);
        record.Loss.Should().BeEquivalentTo(new SpoolLoss(At(7), At(9), ["p", "q"]) { Cause = SpoolLossCause.Damaged }, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Damaged_NobodyWasObserved_IsAGapWithoutLength() =>
        LostObservations.Damaged(new SpoolRecord("w", 1), At(9), _kept).Loss.Should().BeEquivalentTo(new SpoolLoss(At(9), At(9), []) { Cause = SpoolLossCause.Damaged });

    [Theory]
    [InlineData(IntervalState.Up, IntervalState.Down, "Unknown@6-7-7 Down@6-19-19")]
    [InlineData(IntervalState.Down, IntervalState.Up, "Unknown@6-7-7 Up@6-19-19")]
    [InlineData(IntervalState.Unknown, IntervalState.Up, "Up@-1-19-19")] // nothing was known before either
    [InlineData(IntervalState.Up, IntervalState.Unknown, "Unknown@6-7-7")]
    public void Close_StateAfterTheGap_IsKnownFromTheNewestResultThatAgrees(IntervalState before, IntervalState after, string expected)
    {
        Keep("p", before, 7);
        var lost = new LostObservations(At(8));
        lost.Add(null);
        lost.Add(new TimelineBatch([new TimelineChange("p", after, Edge(11, 12, 13), "why")], [], [new ObservedUntil("p", At(20), At(19), At(19))]));

        var record = lost.Close(new SpoolRecord("w", 1), _kept, At(30));

        string.Join(' ', record.Timeline!.Changes.Select(change => FormattableString.Invariant(
            $"{change.State}@{(change.At.Earliest - T0).TotalSeconds}-{(change.At.At - T0).TotalSeconds}-{(change.At.Latest - T0).TotalSeconds}"))).Should().Be(expected);
        record.Loss.Should().BeEquivalentTo(new SpoolLoss(At(8), At(30), ["p"]));
    }

    /// <summary>A row since 0, observed until a moment; both kinds of result were seen a second before it.</summary>
    private void Keep(string subject, IntervalState state, double until) =>
        _kept.Add(subject, new TimelineTail(new Interval(subject, state, Edge(-1, 0, 1), null, ""), new ObservedUntil(subject, At(until), At(until - 1), At(until - 1))));
}
