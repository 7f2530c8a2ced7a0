using System.Security.Cryptography.X509Certificates;
using k8s;

namespace DrOrchestrator.Kubernetes;

/// <summary>How one cluster is reached, as read from one context of a kubeconfig.</summary>
internal sealed record ClusterAccess(
    string Context,
    Uri Server,
    string? TlsServerName,
    X509Certificate2Collection Authorities,
    string? Token,
    string? TokenFile,
    string? ClientCertificateData,
    string? ClientKeyData)
{
    /// <summary>The client library's form of it.</summary>
    public KubernetesClientConfiguration ToConfiguration(string userAgent) => new()
    {
        Host = Server.AbsoluteUri,
        SslCaCerts = Authorities,
        TlsServerName = TlsServerName,
        AccessToken = TokenFile is null ? Token : null,
        TokenProvider = TokenFile is null ? null : new TokenFromFile(TokenFile),
        ClientCertificateData = ClientCertificateData,
        ClientCertificateKeyData = ClientKeyData,
        UserAgent = userAgent,
    };
}

/// <summary>A cluster that cannot be spoken to because of how it was declared; the message says what to change.</summary>
public sealed class ClusterAccessException(string message) : Exception(message);
