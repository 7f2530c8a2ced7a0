using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Duties;

/// <summary>A look that is taken again and again until the process stops. One that fails is said, and the next one comes all the same.</summary>
internal static class LookLoop
{
    /// <summary>Ends when the process stops; whatever is left to look at stands on record.</summary>
    /// <param name="every">From one look to the next; the first is one such time away.</param>
    /// <param name="failed">Hears why a look came to no end.</param>
    public static async Task RunAsync(TimeSpan every, ProcessClock clock, Func<CancellationToken, Task> look, Action<Exception> failed, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(every, clock.Provider);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
            {
                try
                {
                    await look(stopping).ConfigureAwait(false);
                }
                catch (Exception failure) when (!stopping.IsCancellationRequested)
                {
                    failed(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // We are stopping.
        }
    }
}
