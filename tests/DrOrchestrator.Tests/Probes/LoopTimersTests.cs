using DrOrchestrator.Probes;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes;

public sealed class LoopTimersTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task WaitAsync_EndsNearAnother_EndsWithItAndNotBeforeItsTime()
    {
        using var timers = new LoopTimers(_time, TimeSpan.FromMilliseconds(20));
        using LoopTimer one = new(timers, default), other = new(timers, default), later = new(timers, default);
        var waits = new[] { 41, 55, 61 }.Zip([one, other, later], (wait, timer) => timer.WaitAsync(TimeSpan.FromMilliseconds(wait)).AsTask()).ToList();

        _time.Advance(TimeSpan.FromMilliseconds(59));
        waits.Should().OnlyContain(wait => !wait.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(waits[0], waits[1]);
        waits[2].IsCompleted.Should().BeFalse("its time has not come");
    }

    [Fact]
    public void WaitAsync_NothingTogether_EndsAtItsOwnTime()
    {
        using var timers = new LoopTimers(_time, TimeSpan.Zero);
        using var one = new LoopTimer(timers, default);
        var wait = one.WaitAsync(TimeSpan.FromMilliseconds(41)).AsTask();

        _time.Advance(TimeSpan.FromMilliseconds(41));

        wait.IsCompletedSuccessfully.Should().BeTrue();
    }
}
