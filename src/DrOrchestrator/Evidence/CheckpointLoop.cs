using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DrOrchestrator.Evidence;

/// <summary>
/// Signs a checkpoint at the start, which opens and checks the log; every few seconds while the log grows; and at the stop. A broken log is reported once and left
/// alone: the server stays up to be read, every append is refused by the log itself.
/// </summary>
internal sealed class CheckpointLoop(IEvidenceLog evidence, ProcessClock clock, IOptions<EvidenceOptions> options, ILogger<CheckpointLoop> logger) : BackgroundService
{
    private bool _broken;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await SignAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await SignAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CheckpointEvery, clock.Provider);
        try
        {
            while (!_broken && await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await SignAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping; StopAsync signs the last one.
        }
    }

    private async Task SignAsync(CancellationToken cancellationToken)
    {
        if (_broken)
        {
            return;
        }

        try
        {
            await evidence.CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EvidenceLogBrokenException broken)
        {
            _broken = true;
            logger.LogBroken(broken.Message);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The store may be away for a moment (disk full, file busy); the next tick tries again, and appends report for themselves.
            logger.CheckpointFailed(failure);
        }
    }
}
