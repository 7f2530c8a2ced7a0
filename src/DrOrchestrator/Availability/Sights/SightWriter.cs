using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Availability.Sights;

/// <summary>Which vantage point a lookout looks from, and by which estate.</summary>
internal sealed record LookoutPost(VantagePoint Point, string Estate);

/// <summary>How a lookout ended.</summary>
public sealed class LookoutEnd
{
    /// <summary>Another process looks from its vantage point.</summary>
    public bool IsReplaced { get; internal set; }
}

/// <summary>
/// A lookout's pen: a beat about every second, changes at once, all that has gathered in one transaction. A database that is away is asked again every second; nothing
/// gathers meanwhile. Ends the lookout when another process looks from its vantage point.
/// </summary>
internal sealed class SightWriter(ISightStore store, SightKeeper keeper, LookoutPost post, LookoutEnd end, ProcessClock clock, IHostApplicationLifetime lifetime, ILogger<SightWriter> logger) : BackgroundService
{
    /// <summary>From one beat to the next, at most; a change brings it forward.</summary>
    internal static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);

    /// <summary>However much changes, not more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private string _epoch = NewEpoch();
    private long _number;
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A write is synchronous and may wait for a database that is away; nobody's start waits for that.
            await Task.Yield();
            while (!end.IsReplaced)
            {
                await BeatAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(Pause, clock.Provider, stoppingToken).ConfigureAwait(false);
                await keeper.WaitAsync(BeatEvery - Pause, stoppingToken).ConfigureAwait(false);
            }

            Log.LookoutReplaced(logger, post.Point.Name);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>One write.</summary>
    internal async Task BeatAsync(CancellationToken cancellationToken)
    {
        var sights = keeper.Take(whole: _number == 0);
        try
        {
            var beat = new VantageBeat(post.Point.Name, _epoch, _number + 1, post.Estate, post.Point.Controls.Count, keeper.Looks, clock.Now);
            switch (await store.WriteAsync(beat, sights, cancellationToken).ConfigureAwait(false))
            {
                case SightWrite.Kept:
                    _number++;
                    Heard();
                    return;
                case SightWrite.Lost:
                    Heard();
                    (_epoch, _number) = (NewEpoch(), 0);
                    keeper.Return(sights);
                    return;
                default:
                    end.IsReplaced = true;
                    return;
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // It may be there all the same; the store says so the next time.
            keeper.Return(sights);
            if (!_isAway)
            {
                Log.SightsNotWritten(logger, failure.Message);
            }

            _isAway = true;
        }
    }

    private void Heard()
    {
        if (_isAway)
        {
            Log.SightsWritten(logger);
        }

        _isAway = false;
    }

    private static string NewEpoch() => Guid.NewGuid().ToString("N")[..16];
}
