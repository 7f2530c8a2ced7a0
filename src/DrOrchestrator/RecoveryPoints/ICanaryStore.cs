namespace DrOrchestrator.RecoveryPoints;

/// <summary>Markers on disk. A method that returns has made what it was given durable.</summary>
public interface ICanaryStore
{
    /// <summary>Number of the newest marker of a leg; 0 when there is none.</summary>
    Task<long> NewestNumberAsync(long run, string leg, CancellationToken cancellationToken);

    /// <summary>Keeps the fate of one marker and the intent to send the next, in one transaction; either may be null.</summary>
    /// <exception cref="InvalidOperationException">The marker to settle has its fate already, or was never put on record; nothing is kept.</exception>
    Task SaveAsync(long run, string leg, Marker? settled, Marker? intended, CancellationToken cancellationToken);

    /// <summary>All markers of a leg, in order of number.</summary>
    Task<IReadOnlyList<Marker>> ReadAsync(long run, string leg, CancellationToken cancellationToken);
}
