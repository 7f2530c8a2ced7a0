using DrOrchestrator.Drills;
using Hangfire;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars.Work;

/// <summary>
/// The job behind every run: carries it to its next wait or its end. Never retried by the queue, because only the engine knows what a second try may do.
/// </summary>
public sealed class DrillWork(IRunCarrier carrier, ILogger<DrillWork> logger)
{
    /// <summary>Carries run <paramref name="run"/>.</summary>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("Carry run {0}")]
    public async Task RunAsync(long run, CancellationToken cancellationToken)
    {
        try
        {
            await carrier.CarryAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.CarryFailed(run, failure);
            throw;
        }
    }
}
