using DrOrchestrator.Availability;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Availability;

/// <summary>What every <see cref="ITimelineStore"/> must do.</summary>
public abstract class TimelineStoreContract
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>An empty store.</summary>
    protected abstract ITimelineStore Store { get; }

    [Fact]
    public async Task SaveAsync_SeveralChanges_ClosesEachRowWithTheNextEdge()
    {
        await Store.SaveAsync([Change("a", IntervalState.Up, 0, "HTTP 200")], [], default);
        await Store.SaveAsync([Change("a", IntervalState.Down, 10, "refused"), Change("a", IntervalState.Up, 20, "HTTP 200")], [], default);

        var rows = await Store.ReadAsync("a", T0, At(100), default);

        rows.Should().Equal(
            new Interval("a", IntervalState.Up, EdgeAt(0), EdgeAt(10), "HTTP 200"),
            new Interval("a", IntervalState.Down, EdgeAt(10), EdgeAt(20), "refused"),
            new Interval("a", IntervalState.Up, EdgeAt(20), null, "HTTP 200"));
    }

    [Fact]
    public async Task ReadAsync_Window_TakesRowsWhoseErrorBarsReachIntoIt()
    {
        await Store.SaveAsync([Change("a", IntervalState.Up, 0), Change("a", IntervalState.Down, 10), Change("a", IntervalState.Up, 20)], [], default);

        (await Store.ReadAsync("a", At(12), At(15), default)).Select(i => i.State).Should().Equal(IntervalState.Down);
        (await Store.ReadAsync("a", At(10.5), At(15), default)).Select(i => i.State).Should().Equal(IntervalState.Up, IntervalState.Down);
        (await Store.ReadAsync("a", At(12), At(19.5), default)).Select(i => i.State).Should().Equal(IntervalState.Down, IntervalState.Up);
        (await Store.ReadAsync("a", At(12), At(19), default)).Select(i => i.State).Should().Equal([IntervalState.Down], "the window is half open");
    }

    [Fact]
    public async Task ReadAsync_OtherSubjects_AreLeftOut()
    {
        await Store.SaveAsync([Change("a", IntervalState.Up, 0), Change("b", IntervalState.Down, 0)], [], default);

        (await Store.ReadAsync("b", T0, At(100), default)).Should().ContainSingle().Which.State.Should().Be(IntervalState.Down);
        (await Store.ReadAsync("c", T0, At(100), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task ReadBlipsAsync_Window_TakesWhatOverlapsIt()
    {
        await Store.SaveAsync(
            new TimelineBatch([], [new Blip("a", IntervalState.Up, At(30), At(32)), new Blip("a", IntervalState.Down, At(5), At(7)), new Blip("b", IntervalState.Up, At(5), At(7))], []),
            default);

        (await Store.ReadBlipsAsync("a", T0, At(100), default)).Should().Equal(
            new Blip("a", IntervalState.Down, At(5), At(7)), new Blip("a", IntervalState.Up, At(30), At(32)));
        (await Store.ReadBlipsAsync("a", At(7), At(30), default)).Should().BeEmpty();
        (await Store.ReadBlipsAsync(At(6), default)).Should().Equal(
            new Blip("a", IntervalState.Down, At(5), At(7)), new Blip("a", IntervalState.Up, At(30), At(32)), new Blip("b", IntervalState.Up, At(5), At(7)));
        (await Store.ReadBlipsAsync(At(7), default)).Should().Equal(new Blip("a", IntervalState.Up, At(30), At(32)));
    }

    [Fact]
    public async Task ReadTailsAsync_AfterSaves_GivesTheOpenRowAndTheNewestObservation()
    {
        await Store.SaveAsync([Change("a", IntervalState.Up, 0), Change("a", IntervalState.Down, 10)], [new ObservedUntil("a", At(11), At(9), At(10))], default);
        await Store.SaveAsync([], [new ObservedUntil("a", At(15), At(9), At(14))], default);

        var tails = await Store.ReadTailsAsync(default);

        tails.Should().ContainSingle().Which.Value.Should().Be(
            new TimelineTail(new Interval("a", IntervalState.Down, EdgeAt(10), null, "because"), new ObservedUntil("a", At(15), At(9), At(14))));
    }

    [Fact]
    public async Task ReadTailsAsync_NothingObserved_GoesBackToTheEdge()
    {
        await Store.SaveAsync([Change("a", IntervalState.Up, 0)], [], default);

        (await Store.ReadTailsAsync(default))["a"].Observed.Should().Be(new ObservedUntil("a", EdgeAt(0).Latest, null, null));
    }

    private static DateTimeOffset At(double seconds) => T0.AddSeconds(seconds);

    private static Edge EdgeAt(double seconds) => new(At(seconds - 1), At(seconds), At(seconds + 1));

    private static TimelineChange Change(string subject, IntervalState state, double seconds, string reason = "because") => new(subject, state, EdgeAt(seconds), reason);
}
