using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Probes;

/// <summary>
/// What all probes share: one handler that never reuses a connection, one that does, and the nonces. One pair for a thousand probes keeps them cheap.
/// Names are resolved anew for every connection; redirects, proxies and cookies are off, because a probe judges the address it was given.
/// </summary>
internal sealed class ProbeConnections : IDisposable
{
    private static readonly HttpRequestOptionsKey<CancellationToken> Deadline = new("dro.deadline");
    private static readonly HttpRequestOptionsKey<StrongBox<int>> Connects = new("dro.connects");

    private readonly HttpMessageInvoker _fresh = new(CreateHandler(TimeSpan.Zero));
    private readonly HttpMessageInvoker _reused = new(CreateHandler(TimeSpan.FromMinutes(2)));

    public ProbeNonces Nonces { get; } = new();

    /// <summary>Returns when the headers are there; the body is still on the wire.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool freshConnection, CancellationToken deadline)
    {
        request.Options.Set(Deadline, deadline);
        request.Options.Set(Connects, new StrongBox<int>());
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
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsCertificateGood },
    };

    /// <summary>
    /// The handler would go on connecting after its request is given up, and would try a broken request again on another connection. A probe is one connection at
    /// most, and that ends with the probe's deadline.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var options = context.InitialRequestMessage.Options;
        if (options.TryGetValue(Connects, out var connects) && ++connects.Value > 1)
        {
            throw new IOException("closed the connection before it answered");
        }

        options.TryGetValue(Deadline, out var deadline);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, both.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsCertificateGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        var details = chain is null ? [] : chain.ChainStatus.Where(s => s.Status != X509ChainStatusFlags.NoError).Select(s => s.Status.ToString()).Distinct().ToList();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            details.Insert(0, "NameMismatch");
        }

        var validity = certificate is null ? "" : $", valid from {certificate.GetEffectiveDateString()} to {certificate.GetExpirationDateString()}";
        throw new AuthenticationException($"certificate not accepted: {(details.Count > 0 ? string.Join(", ", details) : errors.ToString())}{validity}");
    }
}
