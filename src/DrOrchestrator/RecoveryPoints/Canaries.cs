using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>The canaries this process writes.</summary>
/// <param name="patience">How long a marker waits for its answer; 1 s unless told.</param>
internal sealed class Canaries(ICanaryStore store, ProcessClock clock, ILogger<Canaries> logger, TimeSpan? patience = null) : ICanaries, IAsyncDisposable
{
    private static readonly TimeSpan CountPatience = TimeSpan.FromSeconds(30);
    private readonly object _gate = new();
    private readonly Dictionary<(long Run, string Leg), (Task Writing, CancellationTokenSource Stop)> _writers = [];
    private readonly Dictionary<(long Run, string Leg), string> _failures = [];
    private readonly MarkerPost _post = new(clock, patience ?? TimeSpan.FromSeconds(1));
    private readonly HttpClient _survivors = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        Timeout = CountPatience,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    public Task StartAsync(CanaryLeg leg, CancellationToken cancellationToken)
    {
        if (leg.PerSecond is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(leg), leg.PerSecond, "a canary writes 1 to 1000 markers a second");
        }

        lock (_gate)
        {
            if (!IsRunning(leg.Run, leg.Leg))
            {
                var stop = new CancellationTokenSource();
                _writers[(leg.Run, leg.Leg)] = (Task.Run(() => WriteAsync(leg, stop.Token), CancellationToken.None), stop);
            }
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(long run, string leg, CancellationToken cancellationToken)
    {
        (Task Writing, CancellationTokenSource Stop) writer;
        lock (_gate)
        {
            if (!_writers.TryGetValue((run, leg), out writer))
            {
                return;
            }
        }

        await writer.Stop.CancelAsync().ConfigureAwait(false);
        await writer.Writing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public bool IsRunning(long run, string leg)
    {
        lock (_gate)
        {
            return _writers.TryGetValue((run, leg), out var writer) && !writer.Writing.IsCompleted;
        }
    }

    public string? FailureOf(long run, string leg)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault((run, leg));
        }
    }

    public Task<IReadOnlyList<Marker>> ReadAsync(long run, string leg, CancellationToken cancellationToken) => store.ReadAsync(run, leg, cancellationToken);

    public async Task<(CanaryCount Count, byte[] RawSurvivors)> CountAsync(long run, string leg, string idPrefix, Uri survivorsUrl, CancellationToken cancellationToken)
    {
        var query = survivorsUrl.Query.Length > 1 ? survivorsUrl.Query[1..] + "&" : "";
        var url = new UriBuilder(survivorsUrl) { Query = $"{query}prefix={Uri.EscapeDataString(idPrefix)}" }.Uri;
        var raw = await _survivors.GetByteArrayAsync(url, cancellationToken).ConfigureAwait(false);
        var markers = await store.ReadAsync(run, leg, cancellationToken).ConfigureAwait(false);
        return (CanaryCounter.Count(markers, CanaryCounter.Survivors(raw, idPrefix)), raw);
    }

    public async ValueTask DisposeAsync()
    {
        List<(Task Writing, CancellationTokenSource Stop)> writers;
        lock (_gate)
        {
            writers = [.. _writers.Values];
        }

        foreach (var (writing, stop) in writers)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
            stop.Dispose();
        }

        _post.Dispose();
        _survivors.Dispose();
    }

    private async Task WriteAsync(CanaryLeg leg, CancellationToken stop)
    {
        try
        {
            await new CanaryWriter(leg, store, _post, clock).RunAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // A marker that cannot be put on record is not sent; the leg ends, and FailureOf says why.
            Log.CanaryEnded(logger, leg.Run, leg.Leg, exception);
            lock (_gate)
            {
                _failures[(leg.Run, leg.Leg)] = exception.Message;
            }
        }
    }
}
