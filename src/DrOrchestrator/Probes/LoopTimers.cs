namespace DrOrchestrator.Probes;

/// <summary>
/// The waits of all loops on one timer. A timer for each of ten thousand loops would have the runtime walk through most of them whenever one is due; here a wait costs
/// the logarithm of their number. Waits that end at nearly the same time end together: to wake a thread for each look costs more than to begin the look.
/// </summary>
internal sealed class LoopTimers : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _step;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private readonly PriorityQueue<LoopTimer, long> _waiting = new();

    /// <param name="together">Waits end at the next multiple of it, never before their time; zero: each at its own.</param>
    public LoopTimers(TimeProvider time, TimeSpan together)
    {
        (_time, _step) = (time, Math.Max(1, Ticks(together, time)));
        _timer = time.CreateTimer(static timers => ((LoopTimers)timers!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(LoopTimer timer, TimeSpan wait)
    {
        var due = _time.GetTimestamp() + Ticks(wait, _time);
        due += (_step - (due % _step)) % _step;
        lock (_gate)
        {
            var isFirst = !_waiting.TryPeek(out _, out var earliest) || due < earliest;
            _waiting.Enqueue(timer, due);
            if (isFirst)
            {
                Arm(due);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private static long Ticks(TimeSpan span, TimeProvider time) => (long)((Int128)span.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);

    private void Fire()
    {
        LoopTimer? first = null;
        List<LoopTimer>? more = null;
        lock (_gate)
        {
            while (_waiting.TryPeek(out var timer, out var due))
            {
                if (due > _time.GetTimestamp())
                {
                    Arm(due);
                    break;
                }

                _waiting.Dequeue();
                if (first is null)
                {
                    first = timer;
                }
                else
                {
                    (more ??= []).Add(timer);
                }
            }
        }

        more?.ForEach(static timer => ThreadPool.UnsafeQueueUserWorkItem(timer, preferLocal: false));
        first?.Execute();
    }

    /// <summary>The system's timers count whole milliseconds, and would fire just before the moment.</summary>
    private void Arm(long due)
    {
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), due);
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
        _timer.Change(_time == TimeProvider.System ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : wait, Timeout.InfiniteTimeSpan);
    }
}
