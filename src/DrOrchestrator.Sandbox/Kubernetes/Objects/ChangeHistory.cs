namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>The newest changes, for watches that start in the past. Not on disk: after a restart older versions are gone, as after a compaction.</summary>
internal sealed class ChangeHistory(int capacity, long oldest)
{
    private readonly Queue<Change> _changes = new();

    /// <summary>A watch may start at this version or later.</summary>
    public long Oldest { get; private set; } = oldest;

    public void Add(Change change)
    {
        _changes.Enqueue(change);
        if (_changes.Count > capacity)
        {
            Oldest = _changes.Dequeue().Version;
        }
    }

    /// <summary>Changes after that version, oldest first; null when some of them are no longer known.</summary>
    public IReadOnlyList<Change>? After(long version) => version < Oldest ? null : [.. _changes.Where(change => change.Version > version)];
}
