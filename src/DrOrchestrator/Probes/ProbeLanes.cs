using System.Runtime.CompilerServices;
using DrOrchestrator.Time;

namespace DrOrchestrator.Probes;

/// <summary>How many looks may be under way at the same time, by lane.</summary>
/// <param name="Quick">Targets that answered quickly, or that nobody has looked at yet.</param>
/// <param name="Slow">Targets that answer, but take longer than the grace.</param>
/// <param name="Hanging">Targets that let us wait and did not answer.</param>
/// <param name="Grace">How long a look may hold a place of the quick lane.</param>
internal sealed record LaneSizes(int Quick, int Slow, int Hanging, TimeSpan Grace)
{
    /// <summary>About 5,000 sockets at most; ten thousand targets that hang for 5 s of every 10 s are still looked at every 12 s.</summary>
    public static LaneSizes Default { get; } = new(512, 512, 4096, TimeSpan.FromMilliseconds(250));
}

/// <summary>Where a probe queues, by what its last look was like.</summary>
internal enum Lane
{
    Quick,
    Slow,
    Hanging,
}

/// <summary>
/// Places for looks, so that sockets are bounded and dead targets delay no live ones. A target that hangs queues only behind others that hang, one that answers
/// slowly only behind other slow ones. A target that hangs for the first time holds its place in the quick lane no longer than the grace: it takes one in the lane of
/// those that hang, or, where there is none, its look is given up and made again there. So the quick lane's throughput never falls below its size divided by the grace.
/// </summary>
internal sealed class ProbeLanes : IDisposable
{
    private readonly LaneSizes _sizes;
    private readonly ProcessClock _clock;
    private readonly SemaphoreSlim _quick;
    private readonly SemaphoreSlim _slow;
    private readonly SemaphoreSlim _hanging;
    private readonly object _gate = new();
    private readonly LinkedList<LaneTicket> _inQuick = new();
    private readonly ITimer _sweep;

    public ProbeLanes(LaneSizes sizes, ProcessClock clock)
    {
        (_sizes, _clock) = (sizes, clock);
        (_quick, _slow, _hanging) = (new SemaphoreSlim(sizes.Quick), new SemaphoreSlim(sizes.Slow), new SemaphoreSlim(sizes.Hanging));
        _sweep = clock.Provider.CreateTimer(static lanes => ((ProbeLanes)lanes!).Sweep(), this, sizes.Grace / 2, sizes.Grace / 2);
    }

    /// <summary>Looks when there is a place. <paramref name="ticket"/> is the probe's own, used for one look at a time.</summary>
    /// <param name="began">Called when the place is had, before the look.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> LookAsync(LaneTicket ticket, IProbe probe, Action<LaneTicket> began, CancellationToken cancellationToken)
    {
        if (ticket.Lane == Lane.Quick && await LookQuicklyAsync(ticket, probe, began, cancellationToken).ConfigureAwait(false) is { } quick)
        {
            return ticket.Learn(quick, _sizes.Grace);
        }

        var places = ticket.Lane == Lane.Slow ? _slow : _hanging;
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            began(ticket);
            return ticket.Learn(await probe.RunAsync(cancellationToken).ConfigureAwait(false), _sizes.Grace);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose()
    {
        _sweep.Dispose();
        _quick.Dispose();
        _slow.Dispose();
        _hanging.Dispose();
    }

    /// <summary>Null when the look was given up for want of a place among those that hang; the ticket then belongs there.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProbeResult?> LookQuicklyAsync(LaneTicket ticket, IProbe probe, Action<LaneTicket> began, CancellationToken cancellationToken)
    {
        await _quick.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            ticket.Enter(_clock.Provider.GetTimestamp(), cancellationToken);
            _inQuick.AddLast(ticket.Node);
        }

        try
        {
            began(ticket);
            return await probe.RunAsync(ticket.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ticket.IsGivenUp && !cancellationToken.IsCancellationRequested)
        {
            ticket.Lane = Lane.Hanging;
            return null;
        }
        finally
        {
            Leave(ticket);
        }
    }

    private void Leave(LaneTicket ticket)
    {
        SemaphoreSlim places;
        lock (_gate)
        {
            if (ticket.Node.List is not null)
            {
                _inQuick.Remove(ticket.Node);
            }

            places = ticket.HasMoved ? _hanging : _quick;
        }

        places.Release();
    }

    /// <summary>Oldest first: whoever is beyond the grace leaves the quick lane, one way or the other.</summary>
    private void Sweep()
    {
        List<Action>? givenUp = null;
        lock (_gate)
        {
            while (_inQuick.First?.Value is { } oldest && _clock.Provider.GetElapsedTime(oldest.EnteredAt) >= _sizes.Grace)
            {
                _inQuick.RemoveFirst();
                if (_hanging.Wait(0))
                {
                    oldest.HasMoved = true;
                    _quick.Release();
                }
                else
                {
                    (givenUp ??= []).Add(oldest.GiveUp());
                }
            }
        }

        givenUp?.ForEach(static tell => tell());
    }
}
