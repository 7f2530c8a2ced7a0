namespace DrOrchestrator.Sandbox.Tests;

/// <summary>The system's clock, and a count of the timers that were asked of it: whoever waits in a loop shows by it that it waits.</summary>
internal sealed class CountingTime : TimeProvider
{
    private int _timers;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        return base.CreateTimer(callback, state, dueTime, period);
    }

    /// <summary>Returns when it has been waited for so many times more.</summary>
    public Task WaitedForAsync(int times)
    {
        int wanted = Volatile.Read(ref _timers) + times;
        return Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref _timers) >= wanted), $"{times} waits");
    }
}
