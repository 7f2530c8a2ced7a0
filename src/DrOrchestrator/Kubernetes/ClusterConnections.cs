using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using k8s;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// The official client per site of the estate, one for each (kubeconfig, context, state of the files). A rewritten kubeconfig, or a file that it names (certificate, key,
/// authority), is picked up by the next call.
/// </summary>
public sealed class ClusterConnections : IDisposable
{
    /// <summary>What servers see of us: <c>dro/VERSION</c>.</summary>
    internal static readonly string UserAgent =
        $"dro/{typeof(ClusterConnections).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    /// <summary>Of the TCP connection and the TLS handshake together.</summary>
    internal static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>A connection (HTTP/2) on which nothing came for so long is asked whether it lives.</summary>
    internal static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(5);

    /// <summary>Without an answer for so long it is closed, and everything on it fails.</summary>
    internal static readonly TimeSpan PingAnswer = TimeSpan.FromSeconds(5);

    // Calls in flight may still use a client that was replaced; no call lasts this long; a watch that does is opened anew.
    private static readonly TimeSpan Retirement = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time;
    private readonly Func<string, DelegatingHandler>? _outermost;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, string Context), Connection> _open = [];
    private readonly Dictionary<(string Path, string Context), ReadPace> _paces = [];
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

    /// <summary>The programs that may be started to fetch a credential.</summary>
    internal AllowedCommands Allowed { get; init; } = AllowedCommands.None;

    /// <summary>What <c>kubeconfig: in-cluster</c> means.</summary>
    internal InCluster Pod { get; init; } = InCluster.OfThisProcess;

    /// <summary>How long such a program may run.</summary>
    internal TimeSpan LongestExec { get; init; } = ExecPlugin.Longest;

    /// <summary>The client of a site. Throws <see cref="ClusterAccessException"/> when the estate or the kubeconfig does not say how to reach it. Not to be disposed by the caller.</summary>
    public IKubernetes Of(Estate estate, string site)
    {
        var (path, context, perSecond) = Declared(estate, site);
        lock (_gate)
        {
            DisposeRetired();
            var pace = PaceOf(path, context, perSecond);
            if (_open.TryGetValue((path, context), out var connection))
            {
                if (connection.Files.All(file => file.IsCurrent))
                {
                    return connection.Client;
                }

                _retired.Add((connection, _time.GetUtcNow()));
                _open.Remove((path, context));
            }

            var access = Read(path, context);
            var opened = new Connection(Open(access, site, pace), access.Files);
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
        ReadPace pace;
        lock (_gate)
        {
            pace = PaceOf(there.Path, there.Context, there.PerSecond);
        }

        return Open(Read(there.Path, there.Context) with { User = Read(mine.Path, mine.Context).User }, site, pace);
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

    /// <summary>One for each cluster, whoever asks it and however often its files change.</summary>
    private ReadPace PaceOf(string path, string context, int perSecond)
    {
        if (!_paces.TryGetValue((path, context), out var pace))
        {
            _paces[(path, context)] = pace = new ReadPace(_time) { PerSecond = perSecond };
        }

        pace.PerSecond = perSecond;
        return pace;
    }

    private static (string Path, string Context, int PerSecond) Declared(Estate estate, string site)
    {
        var declared = estate.FindSite(site) ?? throw new ClusterAccessException($"site '{site}' is not in the estate; it has: {string.Join(", ", estate.Sites.Select(s => s.Name))}");
        return declared is { KubeconfigPath: { } path, KubernetesContext: { } context }
            ? (path, context, declared.ReadsPerSecond)
            : throw new ClusterAccessException($"site '{site}' has no Kubernetes context; give it kubeconfig and context in the estate");
    }

    private ClusterAccess Read(string path, string context) => path == Site.InCluster ? Pod.Read() : Kubeconfig.Read(path, context);

    private k8s.Kubernetes Open(ClusterAccess access, string site, ReadPace pace)
    {
        SocketsHttpHandler? socket = null;
        var configuration = new KubernetesClientConfiguration
        {
            Host = access.Server.AbsoluteUri,
            SslCaCerts = access.Authorities,
            TlsServerName = access.TlsServerName,
            AccessToken = access.User.TokenFile is null ? access.User.Token : null,
            TokenProvider = access.User.TokenFile is { } file ? new TokenFromFile(file) : null,
            UserAgent = UserAgent,
            FirstMessageHandlerSetup = handler => socket = handler,
        };
        var client = new k8s.Kubernetes(configuration, [.. Handlers(access, site, pace)]);
        Secure(socket!, access, access.User.Certificate);
        return client;
    }

    /// <summary>What every request passes, the outermost first.</summary>
    private IEnumerable<DelegatingHandler> Handlers(ClusterAccess access, string site, ReadPace pace)
    {
        if (_outermost is not null)
        {
            yield return _outermost(site);
        }

        if (access.User.Certificate is { } certificate)
        {
            yield return new ClientCertificateGuard(certificate, access.User.Source, _time);
        }

        if (access.User.Exec is { } exec)
        {
            yield return new ExecAuthentication(new ExecCredentials(new ExecPlugin(exec, Allowed, _time) { Limit = LongestExec }, _time));
        }

        yield return new RequestPolicy(_time, pace);
        if (access.User.Exec is not null)
        {
            yield return new CertificateSwitch(shown => Secure(new SocketsHttpHandler(), access, shown));
        }
    }

    private static SocketsHttpHandler Secure(SocketsHttpHandler socket, ClusterAccess access, ClientCertificate? shown)
    {
        // The library's own callback accepts a certificate of the right CA whatever host name it was made for. Ours accepts what the platform does, which compares both.
        socket.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => ServerCertificate.Accept(access, certificate, chain, errors),
            CertificateChainPolicy = ChainPolicy(access.Authorities),
            ClientCertificateContext = shown?.Context,

            // The package reads the list when it opens a stream by itself.
            ClientCertificates = [],
            TargetHost = access.TlsServerName,
        };

        // How a cluster is reached is the estate's word, not that of an environment variable.
        socket.UseProxy = access.Proxy is not null;
        socket.Proxy = access.Proxy;
        socket.ConnectTimeout = ConnectTimeout;
        socket.PooledConnectionLifetime = TimeSpan.FromMinutes(2);

        // A host that is gone answers nothing, and says nothing on a watch either: its connection is given up after both.
        socket.KeepAlivePingDelay = PingAfter;
        socket.KeepAlivePingTimeout = PingAnswer;
        socket.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        socket.EnableMultipleHttp2Connections = true;
        return socket;
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

    private sealed record Connection(IKubernetes Client, IReadOnlyList<FileStamp> Files);
}
