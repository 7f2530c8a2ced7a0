using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Bounds every try to <see cref="Timeout"/> and repeats what may be repeated: what changes nothing (reads, access reviews, dry runs) and is answered 429 or 5xx, or cut in the middle of
/// its answer, twice at most; after <c>Retry-After</c> where the server says so (RFC 9110, 10.2.3), and not at all where that is too long to wait. A server that cannot be reached, or is
/// silent, is not asked again: that is an answer to whoever watches it. A write is sent once; whether it landed is for its caller to find out. What a cluster is asked beyond single objects
/// keeps to the <see cref="ReadPace"/> of its connection, each time it is asked; the wait is none of the bound's.
/// </summary>
internal sealed class RequestPolicy : DelegatingHandler
{
    /// <summary>Of one try.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Set by a caller that reads the body as it comes, under a bound of its own: only the time until it begins is ours then.</summary>
    public static readonly HttpRequestOptionsKey<bool> ReadAsItComes = new("readAsItComes");

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ReadPace _pace;
    private readonly ResiliencePipeline<HttpResponseMessage> _repeated;
    private readonly ResiliencePipeline<HttpResponseMessage> _once;

    public RequestPolicy(TimeProvider time, ReadPace pace)
    {
        _time = time;
        _pace = pace;
        var retry = new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { } response ? IsWorthRepeating(response) : IsCut(arguments.Outcome.Exception)),
            DelayGenerator = arguments => ValueTask.FromResult(RetryAfter(arguments.Outcome.Result)),
            OnRetry = arguments =>
            {
                arguments.Outcome.Result?.Dispose();
                return ValueTask.CompletedTask;
            },
        };
        _once = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddTimeout(Timeout).Build();
        _repeated = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddRetry(retry).Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return ChangesNothing(request)
                ? await _repeated.ExecuteAsync(async token => await SendOnceAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)
                : await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            throw new HttpRequestException($"no answer from {request.RequestUri?.Authority} within {Timeout.TotalSeconds:0} s");
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"no connection to {request.RequestUri?.Authority} within {ClusterConnections.ConnectTimeout.TotalSeconds:0} s");
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A write has its permit and its lease: nothing holds it here.
        if (ChangesNothing(request) && !(request.Method == HttpMethod.Get && ReadPace.IsOfOne(request.RequestUri!.AbsolutePath)))
        {
            await _pace.TakeAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _pace.Count();
        }

        return await _once.ExecuteAsync(async token => await SendBufferedAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    // The body is read inside the timeout too, or a server that stops in the middle of one would hold its caller for ever. Watches, followed logs and what was upgraded to a WebSocket have no end.
    private async Task<HttpResponseMessage> SendBufferedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var query = request.RequestUri?.Query ?? "";
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols && !request.Options.TryGetValue(ReadAsItComes, out _) && !query.Contains("watch=true", StringComparison.OrdinalIgnoreCase) && !query.Contains("follow=true", StringComparison.OrdinalIgnoreCase))
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        }

        return response;
    }

    /// <summary>A program in a pod is started by a GET too.</summary>
    private static bool ChangesNothing(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get && request.RequestUri?.AbsolutePath.EndsWith("/exec", StringComparison.Ordinal) is not true
        || request.RequestUri?.AbsolutePath is { } path && path.StartsWith("/apis/authorization.k8s.io/", StringComparison.Ordinal)
        || request.RequestUri?.Query.Contains("dryRun=All", StringComparison.Ordinal) is true;

    private bool IsWorthRepeating(HttpResponseMessage response) =>
        (response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500) && (RetryAfter(response) ?? TimeSpan.Zero) <= LongestRetryAfter;

    /// <summary>An answer that had begun, or a connection that had stood: there is a server, and it may do better. One that cannot be reached is told at once.</summary>
    private static bool IsCut(Exception? exception) => exception is HttpRequestException
    {
        InnerException: IOException,
        HttpRequestError: not (HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError),
    };

    private TimeSpan? RetryAfter(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };
}
