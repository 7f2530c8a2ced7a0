using System.Net.Sockets;
using System.Security.Authentication;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Sends nothing with a client certificate that has expired: API servers answer it with a bare 401, or end the handshake, and say nothing of why. Where a handshake fails all
/// the same, the certificate's period is said beside it: the server's clock may differ.
/// </summary>
internal sealed class ClientCertificateGuard(ClientCertificate certificate, string source, TimeProvider time) : DelegatingHandler
{
    private volatile bool _hasAnswered;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (certificate.Problem(time.GetUtcNow()) is { } problem)
        {
            throw new ClusterAccessException($"the client certificate of {source} {problem}; nothing was sent to {request.RequestUri?.Authority}. Put a new one there");
        }

        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            _hasAnswered = true;
            return response;
        }
        catch (Exception e) when (!_hasAnswered && MayBeRefusal(e))
        {
            throw new HttpRequestException($"{e.Message}; {request.RequestUri?.Authority} may refuse the client certificate of {source}, {certificate.Period}", e);
        }
    }

    // By TLS 1.3 the server judges it after our side of the handshake is done (RFC 8446, 4.4.2.4), so what fails may be the first words of HTTP: its alert comes with the first read, or not at all
    // where our words meet a socket that is closed already and the reset overtakes the alert, which HttpClient lets through bare. What we refuse ourselves has no inner reason.
    private static bool MayBeRefusal(Exception e) => e switch
    {
        IOException or SocketException => true,
        HttpRequestException http => http.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError)
            && http.InnerException is not (null or AuthenticationException { InnerException: null }),
        _ => false,
    };
}
