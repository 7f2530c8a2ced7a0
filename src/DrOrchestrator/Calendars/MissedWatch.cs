using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars;

/// <summary>Looks at once when the server comes up, and every few seconds afterwards, what of the calendar was missed; keeps the board of it fresh.</summary>
internal sealed class MissedWatch(MissedFires missed, CalendarBoard board, IHostApplicationLifetime lifetime, ProcessClock clock, ILogger<MissedWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private bool _inForce;
    private bool _failed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.Started(stoppingToken).ConfigureAwait(false);
            while (true)
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(Every, clock.Provider, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!_inForce)
            {
                await missed.PutInForceAsync(stoppingToken).ConfigureAwait(false);
                _inForce = true;
            }
            else
            {
                await missed.LookAsync(stoppingToken).ConfigureAwait(false);
            }

            await board.RefreshAsync(stoppingToken).ConfigureAwait(false);
            _failed = false;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // Said once: the database is away, and what was missed stays missed until this comes through.
            if (!_failed)
            {
                logger.MissedNotLooked(failure);
            }

            _failed = true;
        }
    }
}
