namespace DrOrchestrator.Drills.Carrying;

/// <summary>Carries runs. Called by the work queue; safe to call twice for one run.</summary>
public interface IRunCarrier
{
    /// <summary>Carries a run to its next wait or to its end, then returns.</summary>
    Task CarryAsync(long run, CancellationToken cancellationToken);

    /// <summary>Runs without a closing line; all of them are put on the queue when the process starts.</summary>
    Task<IReadOnlyList<long>> OpenRunsAsync(CancellationToken cancellationToken);
}
