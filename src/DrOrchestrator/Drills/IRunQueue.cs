namespace DrOrchestrator.Drills;

/// <summary>The work queue that calls <see cref="IRunCarrier.CarryAsync"/>. The journal is the truth: a lost queue entry is found again at the next start.</summary>
public interface IRunQueue
{
    /// <summary>Has the run carried on now.</summary>
    void Enqueue(long run);

    /// <summary>Has the run looked at again later (a deadline passes).</summary>
    void EnqueueAfter(long run, TimeSpan delay);
}
