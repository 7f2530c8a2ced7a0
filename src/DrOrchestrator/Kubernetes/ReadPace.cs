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

    // When the bucket is full again, if nobody takes from it: what is kept of it is this alone.
    private TimeSpan _full;

    /// <summary>Tokens that come in a second, from 1.</summary>
    public required int PerSecond { get; set; }

    private TimeSpan Each => TimeSpan.FromSeconds(1) / PerSecond;

    /// <summary>For what waits its turn.</summary>
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait, each;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_origin);
            each = Each;
            _full = (_full > now ? _full : now) + each;
            wait = _full - now - Depth;
        }

        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _full -= each;
            }

            throw;
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
}
