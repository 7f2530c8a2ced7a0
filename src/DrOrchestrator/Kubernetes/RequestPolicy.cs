using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Bounds every try to <see cref="Timeout"/> and repeats what may be repeated: what changes nothing (reads, access reviews, dry runs) and is answered 429 (after <c>Retry-After</c>) or
/// 5xx, or loses its connection on the way, twice at most. A server that cannot be reached, or is silent, is not asked again: that is an answer to whoever watches it. A write is sent
/// once; whether it landed is for its caller to find out.
/// </summary>
internal sealed class RequestPolicy : DelegatingHandler
{
    /// <summary>Of one try.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipeline<HttpResponseMessage> _reads;
    private readonly ResiliencePipeline<HttpResponseMessage> _writes;

    public RequestPolicy(TimeProvider time)
    {
        var retry = new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome switch
            {
                { Result: { } response } => IsWorthRepeating(response.StatusCode),
                { Exception: HttpRequestException broken } => IsCutOnTheWay(broken),
                _ => false,
            }),
            DelayGenerator = arguments => ValueTask.FromResult(RetryAfter(arguments.Outcome.Result)),
            OnRetry = arguments =>
            {
                arguments.Outcome.Result?.Dispose();
                return ValueTask.CompletedTask;
            },
        };
        _writes = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddTimeout(Timeout).Build();
        _reads = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddRetry(retry).AddTimeout(Timeout).Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pipeline = ChangesNothing(request) ? _reads : _writes;
        try
        {
            return await pipeline.ExecuteAsync(async token => await SendBufferedAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
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

    // The body is read inside the timeout too, or a server that stops in the middle of one would hold its caller for ever. Watches, followed logs and what was upgraded to a WebSocket have no end.
    private async Task<HttpResponseMessage> SendBufferedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var query = request.RequestUri?.Query ?? "";
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols && !query.Contains("watch=true", StringComparison.OrdinalIgnoreCase) && !query.Contains("follow=true", StringComparison.OrdinalIgnoreCase))
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        }

        return response;
    }

    private static bool ChangesNothing(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get
        || request.RequestUri?.AbsolutePath is { } path && path.StartsWith("/apis/authorization.k8s.io/", StringComparison.Ordinal)
        || request.RequestUri?.Query.Contains("dryRun=All", StringComparison.Ordinal) is true;

    /// <summary>The connection stood, and ended before the answer was whole.</summary>
    private static bool IsCutOnTheWay(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError
        || failure is { HttpRequestError: HttpRequestError.Unknown, StatusCode: null, InnerException: IOException };

    private static bool IsWorthRepeating(HttpStatusCode status) => status == HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static TimeSpan? RetryAfter(HttpResponseMessage? response) =>
        response?.Headers.RetryAfter?.Delta is { } delta ? (delta < LongestRetryAfter ? delta : LongestRetryAfter) : null;
}
