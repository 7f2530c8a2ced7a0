using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Reads every recovery point at its interval, and writes what was seen once a second.</summary>
internal sealed class RecoveryPointLoop(EstateHolder estates, Exposures exposures, ExposureHistory history, ProcessClock clock, ILogger<RecoveryPointLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var estate = estates.Current;
            using var replaced = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var loops = estate.RecoveryPoints.Select(definition => ReadAsync(definition, replaced.Token)).ToList();
            try
            {
                while (ReferenceEquals(estate, estates.Current))
                {
                    await Task.Delay(Beat, clock.Provider, stoppingToken).ConfigureAwait(false);
                    await FlushAsync(stoppingToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }

            await replaced.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(loops).ConfigureAwait(false);
        }

        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var began = clock.Provider.GetTimestamp();
                await LookAsync(definition, cancellationToken).ConfigureAwait(false);
                var wait = definition.Interval - clock.Provider.GetElapsedTime(began);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock.Provider, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            await exposures.ReadAsync(definition, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LookFailed(logger, definition.Name, exception);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await history.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ExposureNotWritten(logger, exception);
        }
    }
}
