using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Credentials;

/// <summary>Reads the tokens before the first request and every few seconds, and writes down once a minute when they were used.</summary>
internal sealed class TokenKeeper(TokenRoll roll, ProcessClock clock, ILogger<TokenKeeper> logger) : BackgroundService
{
    /// <summary>How long a token that another process revoked may still open something here.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private const int BeatsOfAMinute = 12;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(roll.RefreshAsync, cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAsync(roll.FlushAsync, cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock.Provider);
        try
        {
            for (var beat = 1; await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false); beat++)
            {
                await TryAsync(roll.RefreshAsync, stoppingToken).ConfigureAwait(false);
                if (beat % BeatsOfAMinute == 0)
                {
                    await TryAsync(roll.FlushAsync, stoppingToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping.
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The database is away, or hangs: the tokens known so far go on to be good until they expire.
            logger.TokensNotRead(failure);
        }
    }
}
