using System.Collections.Concurrent;

namespace DrOrchestrator.Drills;

/// <summary>Wakes those who follow a run when its journal has grown. A signal carries nothing; the journal is read again.</summary>
public sealed class RunSignals
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _waiting = new();

    /// <summary>The next growth of the run's journal. Take it BEFORE reading the journal, so that nothing falls between.</summary>
    public Task Next(long run) => _waiting.GetOrAdd(run, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes all.</summary>
    public void Pulse(long run)
    {
        if (_waiting.TryRemove(run, out var waiting))
        {
            waiting.TrySetResult();
        }
    }
}
