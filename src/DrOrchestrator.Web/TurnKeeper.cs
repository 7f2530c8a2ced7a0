using DrOrchestrator.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Web;

/// <summary>Looks every second whether the database's turn is still this server's. Where another has taken it while we were cut off, this one ends: it is the one too many.</summary>
internal sealed class TurnKeeper(ServerTurn turn, ProcessClock clock, IHostApplicationLifetime lifetime, ILogger<TurnKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Why this server ends; null while it may stay.</summary>
    public string? Lost { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock.Provider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    turn.LookAfter();
                }
                catch (Exception failure) when (failure is DatabaseAwayException or DatabaseUnfitException)
                {
                    // Whoever needs the database says so.
                }
                catch (TurnTakenException taken)
                {
                    Lost = taken.Message;
                    logger.TurnLost(taken.Message);
                    lifetime.StopApplication();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping.
        }
    }
}
