using DrOrchestrator.Drills.Carrying;
using Hangfire;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars.Work;

/// <summary>
/// The job behind every run: carries it to its next wait or its end. Never retried by the queue, because only the engine knows what a second try may do; when the
/// engine itself fails (a store that is away, a bug), the run is taken up again a little later from its journal, as after a crash, and never forgotten.
/// </summary>
public sealed class DrillWork(IRunCarrier carrier, IRunQueue queue, ILogger<DrillWork> logger)
{
    private static readonly TimeSpan TakeUpAfter = TimeSpan.FromSeconds(15);

    /// <summary>Carries run <paramref name="run"/>.</summary>
    /// <param name="real">Which queue it came from: where it is taken up again, it waits behind no drill either.</param>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("Carry run {0}")]
    public async Task RunAsync(long run, bool real, CancellationToken cancellationToken)
    {
        try
        {
            await carrier.CarryAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            logger.CarryFailed(run, failure);
            queue.EnqueueAfter(run, TakeUpAfter, real);
            throw;
        }
    }

    /// <summary>Jobs that an earlier version left in the queue of a shared database.</summary>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("Carry run {0}")]
    public Task RunAsync(long run, CancellationToken cancellationToken) => RunAsync(run, real: false, cancellationToken);
}
