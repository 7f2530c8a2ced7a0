namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Sends a request over connections that show the certificate it names. A connection keeps the certificate it was made with, so a new certificate (another one, not the same one fetched again) gets connections of its own;
/// those of the last one stay open until the next comes, for what is still under way on them.
/// </summary>
internal sealed class CertificateSwitch(Func<ClientCertificate, SocketsHttpHandler> open) : DelegatingHandler
{
    public static readonly HttpRequestOptionsKey<ClientCertificate?> Certificate = new("certificate");

    private readonly Lock _gate = new();
    private (ClientCertificate Certificate, HttpMessageInvoker Connections)? _current;
    private HttpMessageInvoker? _last;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(Certificate, out var certificate) && certificate is not null
            ? Of(certificate).SendAsync(request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _current?.Connections.Dispose();
                _last?.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker Of(ClientCertificate certificate)
    {
        lock (_gate)
        {
            if (_current is not { } current || current.Certificate.Thumbprint != certificate.Thumbprint)
            {
                _last?.Dispose();
                _last = _current?.Connections;
                _current = (certificate, new HttpMessageInvoker(open(certificate)));
            }

            return _current.Value.Connections;
        }
    }
}
