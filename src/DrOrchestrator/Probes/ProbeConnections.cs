using System.Net.Security;
using System.Net.Sockets;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>
/// What all probes share: one handler that never reuses a connection, one that does, and the nonces. One pair for a thousand probes keeps them cheap.
/// Names are resolved anew for every connection; redirects, proxies and cookies are off, because a probe judges the address it was given.
/// </summary>
internal sealed class ProbeConnections : IDisposable
{
    private static readonly HttpRequestOptionsKey<Look> LookKey = new("dro.look");

    private readonly HttpMessageInvoker _fresh = new(CreateHandler(TimeSpan.Zero));
    private readonly HttpMessageInvoker _reused = new(CreateHandler(TimeSpan.FromMinutes(2)));

    public ProbeNonces Nonces { get; } = new();

    /// <summary>Returns when the headers are there; the body is still on the wire.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool freshConnection, Look look, CancellationToken deadline)
    {
        look.Connects = 0;
        look.ReadyAt = look.Elapsed;
        request.Options.Set(LookKey, look);
        request.Headers.ConnectionClose = freshConnection ? true : null;
        return (freshConnection ? _fresh : _reused).SendAsync(request, deadline);
    }

    public void Dispose()
    {
        _fresh.Dispose();
        _reused.Dispose();
    }

    private static SocketsHttpHandler CreateHandler(TimeSpan lifetime) => new()
    {
        PooledConnectionLifetime = lifetime,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        ConnectCallback = ConnectAsync,
    };

    /// <summary>
    /// The handler would go on connecting after its request is given up, and would try a broken request again on another connection. A probe is one connection at
    /// most, and that ends with the probe's deadline. TLS is done here too, so that the look learns of it.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(LookKey, out var look) || ++look.Connects > 1)
        {
            throw new IOException("closed the connection before it answered");
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, look.Deadline);
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var socket = await Dialer.ConnectAsync(host, port, IpChoice.Any, look, both.Token).ConfigureAwait(false);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            stream = await TlsHandshake.SecureAsync(stream, host, port, TlsIdentity.Usual, [SslApplicationProtocol.Http11], look, both.Token).ConfigureAwait(false);
        }

        look.ReadyAt = look.Elapsed;
        return stream;
    }
}
