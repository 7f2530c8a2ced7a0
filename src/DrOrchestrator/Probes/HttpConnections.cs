using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>
/// A way out for HTTP: one handler that never reuses a connection and one that does, both made when first used. Names are resolved anew for every connection; redirects,
/// cookies and decompression are off, because a probe judges what it was given.
/// </summary>
internal sealed class HttpConnections : IDisposable
{
    private static readonly TimeSpan ReusedFor = TimeSpan.FromMinutes(2);
    private static readonly List<SslApplicationProtocol> Http11 = [SslApplicationProtocol.Http11];
    private static readonly List<SslApplicationProtocol> Http2 = [SslApplicationProtocol.Http2];

    private readonly Lazy<HttpMessageInvoker> _fresh;
    private readonly Lazy<HttpMessageInvoker> _reused;
    private readonly HttpProbeSettings? _settings;
    private readonly WebProxy? _proxy;
    private readonly TlsIdentity _home = TlsIdentity.Usual;
    private readonly TlsIdentity _others = TlsIdentity.Usual;

    /// <summary>Shared by all probes that ask for nothing special.</summary>
    public HttpConnections()
    {
        // A file that cannot be read now may be readable at the next look: only what was made is kept.
        _fresh = new(() => new HttpMessageInvoker(CreateHandler(TimeSpan.Zero)), LazyThreadSafetyMode.PublicationOnly);
        _reused = new(() => new HttpMessageInvoker(CreateHandler(ReusedFor)), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>For one probe, whose looks come one after the other.</summary>
    public HttpConnections(HttpProbeSettings settings)
        : this()
    {
        _settings = settings;
        _proxy = settings.Proxy is { } proxy ? new WebProxy(proxy.Url) : null;
        if (settings.Tls is { } tls)
        {
            // Our certificate and the other name are for the target alone, not for whom it redirects us to.
            _home = new TlsIdentity(tls);
            _others = new TlsIdentity(TlsSettings.Usual with { CaFile = tls.CaFile });
        }
    }

    /// <summary>A proxy that asks who we are may close the connection it asked on.</summary>
    private int MostConnects => _settings?.Proxy?.User is null ? 1 : 2;

    /// <summary>The look of the request under way, for connections the handler opens without one (a tunnel through a proxy); null where the connections are shared.</summary>
    private Look? Current { get; set; }

    /// <summary>Returns when the headers are there; the body is still on the wire.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpLookRequest request, bool freshConnection, CancellationToken deadline)
    {
        var look = request.Look;
        look.Connects = 0;
        look.ReadyAt = look.Elapsed;
        if (_settings is not null)
        {
            Prepare(request, look);
        }

        if (freshConnection)
        {
            request.Headers.ConnectionClose = true;
        }

        return (freshConnection ? _fresh : _reused).Value.SendAsync(request, deadline);
    }

    public void Dispose()
    {
        foreach (var invoker in new[] { _fresh, _reused }.Where(invoker => invoker.IsValueCreated))
        {
            invoker.Value.Dispose();
        }

        if (_settings?.Tls is not null)
        {
            _home.Dispose();
            _others.Dispose();
        }
    }

    /// <summary>The whole origin (RFC 6454): another port is somebody else, and so is TLS where the target was declared without.</summary>
    private bool IsHome(string host, int port) =>
        _settings!.Url.Scheme == Uri.UriSchemeHttps && port == _settings.Url.Port && host.Equals(_settings.Url.IdnHost, StringComparison.OrdinalIgnoreCase);

    private void Prepare(HttpRequestMessage request, Look look)
    {
        Current = look;
        if (_settings!.IsHttp2)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        }

        if (_settings.Proxy is { } proxy)
        {
            look.Note(Story.Proxy, proxy.Url.Authority);
            if (proxy is { User: { } user, Password: { } password })
            {
                // Read at every look: a rotated password is taken up without a restart.
                _proxy!.Credentials = new NetworkCredential(user, Secrets.Read(password, look));
            }
        }
    }

    private SocketsHttpHandler CreateHandler(TimeSpan lifetime)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = lifetime,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            ConnectCallback = ConnectAsync,
        };
        if (_settings?.Proxy is not null)
        {
            (handler.UseProxy, handler.Proxy) = (true, _proxy);
            handler.SslOptions = TlsHandshake.BehindAProxy(_home, Http11, () => Current);
        }

        return handler;
    }

    /// <summary>
    /// The handler would go on connecting after its request is given up, and would try a broken request again on another connection. A look is one connection at
    /// most, and that ends with the look's deadline. TLS is done here too, so that the look learns of it.
    /// </summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (((context.InitialRequestMessage as HttpLookRequest)?.Look ?? Current) is not { } look)
        {
            throw new IOException("a connection that nobody asked for");
        }

        if (++look.Connects > MostConnects)
        {
            throw new IOException("closed the connection before it answered");
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, look.Deadline);
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var socket = await Dialer.ConnectAsync(host, port, _settings?.Ip ?? IpChoice.Any, look, both.Token).ConfigureAwait(false);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (_settings?.Proxy is null && context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            var identity = _settings is null || IsHome(host, port) ? _home : _others;
            stream = await TlsHandshake.SecureAsync(stream, host, port, identity, _settings is { IsHttp2: true } ? Http2 : Http11, look, both.Token).ConfigureAwait(false);
        }

        look.ReadyAt = look.Elapsed;
        return stream;
    }
}
