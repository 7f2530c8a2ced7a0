using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary>One GET for a document that holds a moment: no redirects, no proxy, no cookies, bounded in time and size.</summary>
internal sealed class MomentWeb(ProcessClock clock) : IDisposable
{
    private const int LargestBody = 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        MaxResponseHeadersLength = 16,
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LargestBody,
    };

    /// <summary>Reads the document; what fails is a result.</summary>
    /// <param name="read">Makes a result of the body, the moment the request went out and the one the answer came.</param>
    public async Task<MomentResult> GetAsync(
        Uri address, SecretReference? authorization, TimeSpan timeout, Func<WebAnswer, MomentResult> read, CancellationToken cancellationToken)
    {
        // Without its query, which may hold what is no reason's business.
        var name = address.GetLeftPart(UriPartial.Path);
        var secret = (string?)null;
        if (authorization is not null && !authorization.TryRead(out secret, out var problem))
        {
            return new MomentResult.Failed(clock.Now, $"the authorization for {name} is missing: {problem}");
        }

        using var deadline = new CancellationTokenSource(timeout, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (secret is not null && !request.Headers.TryAddWithoutValidation("Authorization", secret))
            {
                return new MomentResult.Failed(clock.Now, $"the authorization for {name} is no value of a header");
            }

            var sent = clock.Now;
            using var response = await _client.SendAsync(request, both.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            var received = clock.Now;
            return response.IsSuccessStatusCode
                ? read(new WebAnswer(name, body, sent, received, response.Headers.Date))
                : new MomentResult.Failed(received, $"{name} answers HTTP {(int)response.StatusCode}");
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return new MomentResult.Failed(clock.Now, string.Create(CultureInfo.InvariantCulture, $"{name} does not answer within {timeout.TotalSeconds:0.###}s"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return new MomentResult.Failed(
                clock.Now,
                exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? $"connection refused by {address.Host}:{address.Port}" : $"{name}: {exception.Message}");
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>An answer, and when it came.</summary>
/// <param name="Name">The address without its query, for people.</param>
/// <param name="Date">What its clock said, to the second.</param>
internal sealed record WebAnswer(string Name, byte[] Body, DateTimeOffset Sent, DateTimeOffset Received, DateTimeOffset? Date)
{
    /// <summary>How far a moment of its clock, read between sending and answer, is ahead of ours.</summary>
    public TimeSpan Ahead(DateTimeOffset moment) => moment - (Sent + ((Received - Sent) / 2));
}
