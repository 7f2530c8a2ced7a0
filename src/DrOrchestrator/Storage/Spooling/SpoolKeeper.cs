using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Brings what an earlier process left to the database before anything reads it, and from then on whatever waits, once a second.</summary>
internal sealed class SpoolKeeper(SpooledWrites writes, ProcessClock clock, ILogger<SpoolKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await writes.ReplayAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Beat, clock.Provider, stoppingToken).ConfigureAwait(false);
                await writes.ReplayAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception exception)
            {
                Log.NotReplayed(logger, exception);
            }
        }
    }
}
