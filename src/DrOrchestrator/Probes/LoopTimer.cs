using System.Threading.Tasks.Sources;

namespace DrOrchestrator.Probes;

/// <summary>The waits of one loop, one at a time; a wait allocates nothing.</summary>
internal sealed class LoopTimer : IValueTaskSource, IThreadPoolWorkItem, IDisposable
{
    private readonly LoopTimers _timers;
    private readonly CancellationTokenRegistration _stop;
    private readonly object _gate = new();
    private readonly CancellationToken _stopped;
    private ManualResetValueTaskSourceCore<bool> _source;
    private bool _isWaiting;

    public LoopTimer(LoopTimers timers, CancellationToken stop)
    {
        (_timers, _stopped) = (timers, stop);
        _stop = stop.Register(static timer => ((LoopTimer)timer!).Execute(), this);
    }

    /// <summary>Completes after that time; throws when the loop is to stop.</summary>
    public ValueTask WaitAsync(TimeSpan wait)
    {
        lock (_gate)
        {
            _stopped.ThrowIfCancellationRequested();
            _source.Reset();
            _isWaiting = true;
        }

        var task = new ValueTask(this, _source.Version);
        _timers.Add(this, wait);
        return task;
    }

    /// <summary>Ends the wait, if there is one.</summary>
    public void Execute()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _source.SetResult(true);
    }

    public void Dispose() => _stop.Dispose();

    void IValueTaskSource.GetResult(short token)
    {
        _source.GetResult(token);
        _stopped.ThrowIfCancellationRequested();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
