using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary>One GET for a document that holds a moment: no redirects, no proxy, no cookies, bounded in time and size.</summary>
internal sealed class MomentWeb(ProcessClock clock) : IDisposable
{
    private const int LargestBody = 1024 * 1024;

    private readonly HttpClient _usual = Client(null);

    /// <summary>Reads the document; what fails is a result.</summary>
    /// <param name="read">Makes a result of the body, the moment the request went out and the one the answer came.</param>
    public async Task<MomentResult> GetAsync(
        Uri address, SecretReference? authorization, TlsSettings? tls, TimeSpan timeout, Func<WebAnswer, MomentResult> read, CancellationToken cancellationToken)
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
            // With files of its own, a client for this one look: they are read each time, and nothing of it stays behind.
            using var identity = tls is null ? null : new TlsIdentity(tls);
            using var own = identity is null ? null : Client(Options(identity, address, () => clock.Now));
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (secret is not null && !request.Headers.TryAddWithoutValidation("Authorization", secret))
            {
                return new MomentResult.Failed(clock.Now, $"the authorization for {name} is no value of a header");
            }

            var sent = clock.Now;
            using var response = await (own ?? _usual).SendAsync(request, both.Token).ConfigureAwait(false);
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
        catch (Exception exception) when (ProbeFailures.Find<LookEndedException>(exception) is { } judged)
        {
            return new MomentResult.Failed(clock.Now, judged.Finding.Reason);
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

    public void Dispose() => _usual.Dispose();

    private static HttpClient Client(SslClientAuthenticationOptions? tls)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
            AutomaticDecompression = DecompressionMethods.None,
        };
        handler.SslOptions = tls ?? handler.SslOptions;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestBody };
    }

    /// <exception cref="LookEndedException">A file of ours cannot be used.</exception>
    private static SslClientAuthenticationOptions Options(TlsIdentity identity, Uri address, Func<DateTimeOffset> now)
    {
        var name = identity.ServerName ?? address.Host;
        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = identity.ChainPolicy(),
            ClientCertificateContext = identity.Certificate(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                var presented = certificate as X509Certificate2;
                return CertificateWords.Refusal(presented, chain, Held(errors, presented, identity.ServerName), name, now()) is { } refused
                    ? throw new LookEndedException(Finding.Down($"TLS with {address.Host}:{address.Port}: {refused}"))
                    : true;
            },
        };
    }

    /// <summary>The handler holds a certificate against the address's name, whatever it is told; one of another name is held against that here.</summary>
    private static SslPolicyErrors Held(SslPolicyErrors errors, X509Certificate2? presented, string? serverName) => (presented, serverName) is ({ } certificate, { } name)
        ? (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) | (certificate.MatchesHostname(name) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateNameMismatch)
        : errors;
}

/// <summary>An answer, and when it came.</summary>
/// <param name="Name">The address without its query, for people.</param>
/// <param name="Date">What its clock said, to the second.</param>
internal sealed record WebAnswer(string Name, byte[] Body, DateTimeOffset Sent, DateTimeOffset Received, DateTimeOffset? Date)
{
    /// <summary>How far a moment of its clock, read between sending and answer, is ahead of ours.</summary>
    public TimeSpan Ahead(DateTimeOffset moment) => moment - (Sent + ((Received - Sent) / 2));
}
