using System.Threading.Tasks.Sources;

namespace DrOrchestrator.Probes;

/// <summary>One timer for all waits of a loop, one wait at a time; a wait allocates nothing.</summary>
internal sealed class LoopTimer : IValueTaskSource, IDisposable
{
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _stop;
    private readonly object _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = false };
    private readonly CancellationToken _stopped;
    private bool _isWaiting;

    public LoopTimer(TimeProvider time, CancellationToken stop)
    {
        _stopped = stop;
        _timer = time.CreateTimer(static timer => ((LoopTimer)timer!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stop = stop.Register(static timer => ((LoopTimer)timer!).End(), this);
    }

    /// <summary>Completes after that time; throws when the loop is to stop.</summary>
    public ValueTask WaitAsync(TimeSpan wait)
    {
        lock (_gate)
        {
            _stopped.ThrowIfCancellationRequested();
            _source.Reset();
            _isWaiting = true;
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
            return new ValueTask(this, _source.Version);
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _timer.Dispose();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _source.GetResult(token);
        _stopped.ThrowIfCancellationRequested();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void End()
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
}
