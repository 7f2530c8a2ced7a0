namespace DrOrchestrator.Drills.Results;

/// <summary>What the probes' time line says of a window.</summary>
public interface IInterruptions
{
    /// <summary>Interruptions of a system that began within [from, to), oldest first, each with both error bars; one that has not ended is left out.</summary>
    Task<IReadOnlyList<Interruption>> ReadAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
