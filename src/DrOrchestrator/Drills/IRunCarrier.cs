namespace DrOrchestrator.Drills;

/// <summary>Carries runs; the job that works them off knows nothing else of the engine.</summary>
public interface IRunCarrier
{
    /// <summary>
    /// Carries a run to its next wait or to its end and returns. The same run is never carried twice at once in one process: a second call returns at once. A
    /// closed run is nothing to do.
    /// </summary>
    Task CarryAsync(long run, CancellationToken cancellationToken);

    /// <summary>Runs that are not closed, oldest first: what a start has to take up again.</summary>
    Task<IReadOnlyList<long>> OpenRunsAsync(CancellationToken cancellationToken);
}
