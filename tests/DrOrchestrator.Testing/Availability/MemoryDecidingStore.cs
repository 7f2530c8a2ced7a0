using DrOrchestrator.Availability;

namespace DrOrchestrator.Testing.Availability;

/// <summary>Who decided when, in memory.</summary>
public sealed class MemoryDecidingStore : IDecidingStore
{
    private readonly object _gate = new();
    private readonly List<DecidingChange> _changes = [];

    public Task<IReadOnlyList<DecidingChange>> ChangeAsync(
        Func<IReadOnlyList<DecidingChange>, IReadOnlyList<DecidingChange>> decide, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _changes.AddRange(decide([.. _changes]));
            return Task.FromResult<IReadOnlyList<DecidingChange>>([.. _changes]);
        }
    }
}
