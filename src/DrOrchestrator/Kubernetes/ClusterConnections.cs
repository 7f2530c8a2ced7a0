using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using DrOrchestrator.Estates;
using k8s;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// The official client per site of the estate, one for each (kubeconfig, context, time of the file). A rewritten kubeconfig (rotated token) is picked up by the next call.
/// </summary>
public sealed class ClusterConnections : IDisposable
{
    /// <summary>What servers see of us: <c>dro/VERSION</c>.</summary>
    internal static readonly string UserAgent =
        $"dro/{typeof(ClusterConnections).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    // Calls in flight may still use a client that was replaced; none lasts this long.
    private static readonly TimeSpan Retirement = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time;
    private readonly Func<string, DelegatingHandler>? _outermost;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, string Context), Connection> _open = [];
    private readonly List<(Connection Connection, DateTimeOffset At)> _retired = [];

    /// <summary>Opens nothing yet.</summary>
    public ClusterConnections(TimeProvider time)
        : this(time, null)
    {
    }

    /// <param name="outermost">Makes a handler that sees every request of a site before anything else does.</param>
    internal ClusterConnections(TimeProvider time, Func<string, DelegatingHandler>? outermost)
    {
        _time = time;
        _outermost = outermost;
    }

    /// <summary>The client of a site. Throws <see cref="ClusterAccessException"/> when the estate or the kubeconfig does not say how to reach it. Not to be disposed by the caller.</summary>
    public IKubernetes Of(Estate estate, string site)
    {
        var (path, context) = Declared(estate, site);
        lock (_gate)
        {
            DisposeRetired();
            var written = File.GetLastWriteTimeUtc(path);
            if (_open.TryGetValue((path, context), out var connection))
            {
                if (connection.Written == written)
                {
                    return connection.Client;
                }

                _retired.Add((connection, _time.GetUtcNow()));
            }

            var opened = new Connection(Open(Kubeconfig.Read(path, context), site), written);
            _open[(path, context)] = opened;
            return opened.Client;
        }
    }

    /// <summary>
    /// The cluster of one site, asked with the credential of another: what that credential may do there. Throws <see cref="ClusterAccessException"/> like <see cref="Of"/>. The
    /// caller disposes of it.
    /// </summary>
    /// <param name="site">Whose API, authority and name are used.</param>
    /// <param name="credentialOf">Whose token or certificate is shown there.</param>
    internal IKubernetes WithCredentialOf(Estate estate, string site, string credentialOf)
    {
        var (there, mine) = (Declared(estate, site), Declared(estate, credentialOf));
        var user = Kubeconfig.Read(mine.Path, mine.Context);
        return Open(
            Kubeconfig.Read(there.Path, there.Context) with { Token = user.Token, TokenFile = user.TokenFile, ClientCertificateData = user.ClientCertificateData, ClientKeyData = user.ClientKeyData },
            site);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var connection in _open.Values.Concat(_retired.Select(r => r.Connection)))
            {
                connection.Client.Dispose();
            }

            _open.Clear();
            _retired.Clear();
        }
    }

    private static (string Path, string Context) Declared(Estate estate, string site)
    {
        var declared = estate.FindSite(site) ?? throw new ClusterAccessException($"site '{site}' is not in the estate; it has: {string.Join(", ", estate.Sites.Select(s => s.Name))}");
        return declared is { KubeconfigPath: { } path, KubernetesContext: { } context }
            ? (path, context)
            : throw new ClusterAccessException($"site '{site}' has no Kubernetes context; give it kubeconfig and context in the estate");
    }

    private IKubernetes Open(ClusterAccess access, string site)
    {
        var configuration = access.ToConfiguration(UserAgent);
        SocketsHttpHandler? socket = null;
        configuration.FirstMessageHandlerSetup = handler => socket = handler;
        DelegatingHandler[] handlers = _outermost is null ? [new RequestPolicy(_time)] : [_outermost(site), new RequestPolicy(_time)];
        var client = new k8s.Kubernetes(configuration, handlers);

        // The library's own callback accepts a certificate of the right CA whatever host name it was made for. Without the callback the platform compares both.
        socket!.SslOptions.RemoteCertificateValidationCallback = null;
        socket.SslOptions.CertificateChainPolicy = ChainPolicy(access.Authorities);
        if (access.TlsServerName is { } name)
        {
            socket.SslOptions.TargetHost = name;
        }

        // How a cluster is reached is the estate's word, not that of an environment variable.
        socket.UseProxy = false;
        socket.ConnectTimeout = TimeSpan.FromSeconds(3);
        socket.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
        return client;
    }

    // No revocation lists and no downloads of issuers: both would go out to hosts nobody declared, and keep files in HOME.
    private static X509ChainPolicy ChainPolicy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private void DisposeRetired()
    {
        var now = _time.GetUtcNow();
        foreach (var retired in _retired.Where(r => now - r.At > Retirement).ToList())
        {
            retired.Connection.Client.Dispose();
            _retired.Remove(retired);
        }
    }

    private sealed record Connection(IKubernetes Client, DateTime Written);
}
