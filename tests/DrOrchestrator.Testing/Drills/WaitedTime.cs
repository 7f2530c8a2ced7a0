namespace DrOrchestrator.Testing.Drills;

/// <summary>
/// Time that passes only where somebody waits, and then at once: whatever is done between two waits takes none of it. A step whose time is to run out therefore always does so in a wait,
/// never, on a slow machine, between a look and what follows from it. Not for what waits for something that happens by the real clock, and not for a kind that
/// bounds a call by a timer of this clock (<c>new CancellationTokenSource(limit, time)</c>, <c>WaitAsync(limit, time)</c>): that fires at once, before the call has begun.
/// </summary>
public sealed class WaitedTime : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _passed);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero || period != Timeout.InfiniteTimeSpan)
        {
            throw new NotSupportedException($"a single wait is supported, found one of {dueTime} repeated every {period}");
        }

        Interlocked.Add(ref _passed, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
