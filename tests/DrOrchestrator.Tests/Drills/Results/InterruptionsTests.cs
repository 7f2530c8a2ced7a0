using DrOrchestrator.Availability;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Results;

public sealed class InterruptionsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly ITimelineStore _store = new MemoryTimelineStore();

    [Fact]
    public async Task Read_ServiceStillDown_IsAtLeastUntilNow()
    {
        await ChangeAsync((-60, IntervalState.Up), (5, IntervalState.Down));

        (await ReadAsync(from: 0, to: 30)).Should().Equal(new Interruption(At(4.9), At(5.1), At(100), At(100), Restored: false));
    }

    [Fact]
    public async Task Read_InterruptedBeforeTheRunWasOpened_BelongsToIt()
    {
        await ChangeAsync((-60, IntervalState.Up), (-20, IntervalState.Down), (12, IntervalState.Up));

        (await ReadAsync(from: 0, to: 30)).Should().Equal(new Interruption(At(-20.1), At(-19.9), At(11.9), At(12.1)));
    }

    [Fact]
    public async Task Read_OverBeforeOrBegunAfter_IsNotTheRuns()
    {
        await ChangeAsync((-60, IntervalState.Up), (-20, IntervalState.Down), (-10, IntervalState.Up), (40, IntervalState.Down), (50, IntervalState.Up));

        (await ReadAsync(from: 0, to: 30)).Should().BeEmpty();
    }

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private Task ChangeAsync(params (double Second, IntervalState State)[] changes) => _store.SaveAsync(
        [.. changes.Select(change => new TimelineChange("ledger-posting", change.State, new Edge(At(change.Second - 0.1), At(change.Second), At(change.Second + 0.1)), ""))],
        [],
        default);

    private Task<IReadOnlyList<Interruption>> ReadAsync(double from, double to)
    {
        using var folder = new EstateFolderBuilder();
        var clock = new ProcessClock(new FakeTimeProvider(At(100)));
        return new Interruptions(_store, new EstateHolder(folder.LoadGood().Estate), clock).ReadAsync("ledger", At(from), At(to), default);
    }
}
