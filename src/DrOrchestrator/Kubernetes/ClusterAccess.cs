using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Kubernetes;

/// <summary>How one cluster is reached, as read from one context of a kubeconfig or from the pod this program runs in.</summary>
/// <param name="Source">Where its cluster is declared, for people: <c>cluster 'c1' in /etc/dro/kubeconfig</c>.</param>
/// <param name="Files">Every file it was read from: when one of them changes, it is read again.</param>
internal sealed record ClusterAccess(
    string Source,
    Uri Server,
    string? TlsServerName,
    X509Certificate2Collection Authorities,
    ClusterProxy? Proxy,
    ClusterUser User,
    IReadOnlyList<FileStamp> Files);

/// <summary>Who asks. At most one of its ways is used: program, file, token; a certificate may stand beside a token.</summary>
/// <param name="Source">For people: <c>user 'u1' in /etc/dro/kubeconfig</c>.</param>
internal sealed record ClusterUser(string Source, string? Token, string? TokenFile, ClientCertificate? Certificate, ExecSettings? Exec)
{
    /// <summary>A record's own would print the token.</summary>
    public override string ToString() => Source;
}

/// <summary>The <c>proxy-url</c> of a cluster, and only that: no variable of the environment, no exception for loopback.</summary>
internal sealed class ClusterProxy(Uri address) : IWebProxy
{
    public static readonly string[] Schemes = ["http", "https", "socks5"];

    /// <summary>Without name and password.</summary>
    public Uri Address { get; } = new UriBuilder(address) { UserName = "", Password = "" }.Uri;

    public ICredentials? Credentials { get; set; } = address.UserInfo.Split(':', 2) is [{ Length: > 0 } name, .. var rest]
        ? new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(rest.Length > 0 ? rest[0] : ""))
        : null;

    public Uri GetProxy(Uri destination) => Address;

    public bool IsBypassed(Uri host) => false;
}

/// <summary>A cluster that cannot be spoken to because of how it was declared; the message says what to change.</summary>
public sealed class ClusterAccessException(string message) : Exception(message)
{
    /// <summary>Whether the next try may go better by itself: a program that failed, a file that was being replaced. Otherwise somebody has to correct a declaration.</summary>
    public bool MayPass { get; init; }
}
