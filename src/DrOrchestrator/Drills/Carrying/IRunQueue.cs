namespace DrOrchestrator.Drills.Carrying;

/// <summary>Hands runs to the workers. The journal is the truth: what is queued here may be lost at any moment and is queued again at the next start.</summary>
public interface IRunQueue
{
    /// <summary>Has the run carried soon by <see cref="IRunCarrier"/>; returns at once.</summary>
    /// <param name="real">True for <c>mode: real</c>, which waits behind no drill.</param>
    void Enqueue(long run, bool real = false);

    /// <summary>Has the run looked at again later, when a deadline has passed.</summary>
    /// <param name="real">As above.</param>
    void EnqueueAfter(long run, TimeSpan delay, bool real = false);
}
