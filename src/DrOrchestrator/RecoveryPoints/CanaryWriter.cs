using System.Globalization;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>
/// Writes one leg's markers, one after the other. Order: the fate of the marker before and the intent of this one in ONE transaction, then the request. A crash
/// therefore loses at most the fate of the newest marker, which then counts as in doubt; no marker is ever on the wire that is not on record.
/// </summary>
internal sealed class CanaryWriter(CanaryLeg leg, ICanaryStore store, MarkerPost post, ProcessClock clock)
{
    /// <summary>A marker that was put on record longer ago is not sent. Whoever takes a run over waits at least twice as long.</summary>
    private static readonly TimeSpan SendsWithin = TimeSpan.FromSeconds(5);

    /// <summary>Writes until told to stop; the marker in flight is waited for and settled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var number = await store.NewestNumberAsync(leg.Run, leg.Leg, stop).ConfigureAwait(false);
        var spacing = TimeSpan.FromSeconds(1) / leg.PerSecond;
        var began = clock.Provider.GetTimestamp();
        var due = TimeSpan.Zero;
        Marker? settled = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var meant = clock.Provider.GetTimestamp();
                var intended = new Marker(++number, clock.Now, null, MarkerFate.Sent, null);
                await store.SaveAsync(leg.Run, leg.Leg, settled, intended, CancellationToken.None).ConfigureAwait(false);
                settled = null;
                if (clock.Provider.GetElapsedTime(meant) > SendsWithin)
                {
                    // This process stood still, or the database held it up: another one may write this leg by now. The next line on record says whether it is still ours.
                    settled = intended with { AnsweredAt = clock.Now, Fate = MarkerFate.Refused };
                    continue;
                }

                var answer = await post.SendAsync(leg.Url, leg.IdPrefix + number.ToString(CultureInfo.InvariantCulture), intended).ConfigureAwait(false);
                settled = intended with { AnsweredAt = clock.Now, Fate = answer.Fate, Position = answer.Position };
                due += spacing;
                due = await WaitAsync(began, due, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            if (settled is not null)
            {
                await store.SaveAsync(leg.Run, leg.Leg, settled, null, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for the next place on the grid; a late one goes out at once and those missed are not made up for.</summary>
    private async Task<TimeSpan> WaitAsync(long began, TimeSpan due, CancellationToken stop)
    {
        var elapsed = clock.Provider.GetElapsedTime(began);
        if (elapsed >= due)
        {
            return elapsed;
        }

        await Task.Delay(due - elapsed, clock.Provider, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return due;
    }
}
