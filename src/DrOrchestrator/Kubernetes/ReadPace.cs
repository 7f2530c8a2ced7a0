namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Spaces what is asked of one cluster: a token bucket of two seconds' worth, so that a gate of a hundred questions, or lists begun anew all at once, are no burst that an API server in its worst
/// hour answers with 429. Lists, access reviews, dry runs and discovery wait their turn, first come, first served. Writes, and the reads of one object that come right before them, never wait: they
/// are counted, and leave the others less. By a <see cref="TimeProvider"/>, which <c>System.Threading.RateLimiting</c> does not take.
/// </summary>
internal sealed class ReadPace(TimeProvider time)
{
    /// <summary>The bucket holds what comes in so long.</summary>
    private static readonly TimeSpan Depth = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();

    private readonly List<Turn> _turns = [];

    // When the bucket is full again, if nobody takes from it: what is kept of it is this alone.
    private TimeSpan _full;
    private int _perSecond;
    private CancellationTokenSource _changed = new();

    /// <summary>Tokens that come in a second, from 1. What waits already waits by the new number.</summary>
    public required int PerSecond
    {
        get => _perSecond;
        set
        {
            lock (_gate)
            {
                if (value == _perSecond)
                {
                    return;
                }

                Rescale((double)_perSecond / value);
                _perSecond = value;

                // Whoever waits goes on in a thread of its own, and not in here.
                _ = _changed.CancelAsync();
                _changed = new CancellationTokenSource();
            }
        }
    }

    private TimeSpan Each => TimeSpan.FromSeconds(1) / _perSecond;

    /// <summary>For what waits its turn.</summary>
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        Turn turn;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_origin);
            _full = (_full > now ? _full : now) + Each;
            if (_full - now <= Depth)
            {
                return;
            }

            _turns.Add(turn = new Turn { Full = _full });
        }

        try
        {
            while (!await HasComeAsync(turn, cancellationToken).ConfigureAwait(false))
            {
                // The number changed, and with it the time of every turn.
            }
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _full -= Each;
            }

            throw;
        }
        finally
        {
            lock (_gate)
            {
                _turns.Remove(turn);
            }
        }
    }

    /// <summary>For what goes at once; an empty bucket owes nothing for it.</summary>
    public void Count()
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(_origin);
            var full = (_full > now ? _full : now) + Each;
            if (full - now <= Depth)
            {
                _full = full;
            }
        }
    }

    /// <summary>Whether a read is of one object: <c>/apis/apps/v1/namespaces/ledger/deployments/api</c>, and what stands below it.</summary>
    public static bool IsOfOne(string path)
    {
        // Behind api/VERSION or apis/GROUP/VERSION come the namespace, a plural and a name.
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).SkipWhile(part => part is not ("api" or "apis")).ToList();
        var at = parts is ["api", ..] ? 2 : 3;
        return parts.Count - (parts.ElementAtOrDefault(at) == "namespaces" && parts.Count > at + 2 ? at + 2 : at) >= 2;
    }

    /// <returns>False where the turn has another time by now.</returns>
    private async Task<bool> HasComeAsync(Turn turn, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        CancellationToken changed;
        lock (_gate)
        {
            (wait, changed) = (turn.Full - time.GetElapsedTime(_origin) - Depth, _changed.Token);
        }

        if (wait <= TimeSpan.Zero)
        {
            return true;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, changed);
        try
        {
            await Task.Delay(wait, time, both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Rescale(double factor)
    {
        var now = time.GetElapsedTime(_origin);
        TimeSpan Scaled(TimeSpan full) => full > now ? now + ((full - now) * factor) : full;
        _full = Scaled(_full);
        _turns.ForEach(turn => turn.Full = Scaled(turn.Full));
    }

    /// <summary>Of one that waits: when the bucket is full again behind it.</summary>
    private sealed class Turn
    {
        public required TimeSpan Full { get; set; }
    }
}
