using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Availability;

/// <summary>Rolls minutes up into hours, a little every few seconds. What a failure leaves undone the next beat finds as it was.</summary>
internal sealed class ProbeHourKeeper(IProbeMinuteStore store, ProcessClock clock, ILogger<ProbeHourKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private bool _failed;

    /// <summary>One beat.</summary>
    internal async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.RollUpAsync(clock.Now, cancellationToken).ConfigureAwait(false);
            _failed = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Said once: a database that is away is that for many beats, and nothing is lost.
            if (!_failed)
            {
                Log.NotRolledUp(logger, exception);
            }

            _failed = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Beat, clock.Provider, stoppingToken).ConfigureAwait(false);
                await BeatAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
