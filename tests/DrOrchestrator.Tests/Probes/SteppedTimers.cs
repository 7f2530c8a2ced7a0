namespace DrOrchestrator.Tests.Probes;

/// <summary>Time that stands still until it is told to run, and then fires its timers one by one in their order; ten thousand of them cost no more than their number.</summary>
internal sealed class SteppedTimers : TimeProvider
{
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly object _gate = new();
    private readonly PriorityQueue<(SteppedTimer Timer, int Version), (long Due, long Number)> _due = new();
    private long _now;
    private long _number;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => T0.AddTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SteppedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs to a moment since the start. What the timers wake runs here, unless it says otherwise.</summary>
    public void RunUntil(TimeSpan moment)
    {
        // Under a context of the test runner nothing would run here: all would be queued, while time goes on.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            FireUntil(moment);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void FireUntil(TimeSpan moment)
    {
        while (true)
        {
            SteppedTimer? timer = null;
            lock (_gate)
            {
                if (!_due.TryPeek(out var next, out var at) || at.Due > moment.Ticks)
                {
                    break;
                }

                _due.Dequeue();
                if (next.Timer.IsVersion(next.Version))
                {
                    Interlocked.Exchange(ref _now, Math.Max(_now, at.Due));
                    timer = next.Timer;
                }
            }

            timer?.Fire();
        }

        Interlocked.Exchange(ref _now, moment.Ticks);
    }

    private sealed class SteppedTimer(SteppedTimers time, TimerCallback callback, object? state) : ITimer
    {
        private int _version;
        private TimeSpan _period;

        public bool IsVersion(int version) => _version == version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _version++;
                _period = period;
                if (dueTime >= TimeSpan.Zero)
                {
                    time._due.Enqueue((this, _version), (time.GetTimestamp() + dueTime.Ticks, time._number++));
                }

                return true;
            }
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            callback(state);
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                _version++;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
