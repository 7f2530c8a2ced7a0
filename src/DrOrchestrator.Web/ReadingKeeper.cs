using DrOrchestrator.Compliance;
using DrOrchestrator.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Web;

/// <summary>Reads before the first request, and every few seconds, what has to be known when the database goes away: nobody may have asked for it for a long time.</summary>
internal sealed class ReadingKeeper(LastReadings readings, ISystemStatuses statuses, ProcessClock clock, ILogger<ReadingKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await readings.RefreshAsync(cancellationToken);
            await statuses.ReadAsync(cancellationToken);
        }
        catch (Exception failure) when (DatabaseFailures.IsAway(failure))
        {
            throw new ServeException(ServeFailure.Database, failure.Message, failure);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock.Provider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await readings.RefreshAsync(stoppingToken);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    logger.NotRead(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping.
        }
    }
}
