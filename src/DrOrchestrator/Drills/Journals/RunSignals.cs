using System.Collections.Concurrent;

namespace DrOrchestrator.Drills.Journals;

/// <summary>Wakes those who follow a run when its journal has grown. A signal carries nothing; the journal is read again.</summary>
public sealed class RunSignals
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _waiting = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _owners = new();

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

    /// <summary>The next time that somebody says something to the run's owner. Take it before reading, as above.</summary>
    public Task NextOrder(long run) => _owners.GetOrAdd(run, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes the owner, where this process carries the run, and everybody who follows it.</summary>
    public void Order(long run)
    {
        if (_owners.TryRemove(run, out var owner))
        {
            owner.TrySetResult();
        }

        Pulse(run);
    }
}
