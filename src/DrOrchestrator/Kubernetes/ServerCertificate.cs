using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Kubernetes;

/// <summary>Judges the certificate of an API server: exactly as the platform does under the chain policy of its authority; it only adds the words that the platform's refusal lacks.</summary>
internal static class ServerCertificate
{
    // The last is what remains when two authorities have the same name.
    private const X509ChainStatusFlags OfAnother = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;

    /// <summary>The callback of a TLS client. It accepts nothing that the platform refuses.</summary>
    public static bool Accept(ClusterAccess access, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? true : throw new AuthenticationException(Words(access, shown as X509Certificate2, chain, errors));

    private static string Words(ClusterAccess access, X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null)
        {
            return $"{access.Server.Authority} shows none ({errors})";
        }

        var asked = access.TlsServerName ?? access.Server.IdnHost;
        var reasons = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add($"it is for {Names(shown)} and not for {asked} (RemoteCertificateNameMismatch); correct the server's address, or give the cluster tls-server-name");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
            reasons.Add(
                (status & OfAnother) != 0
                    ? $"it was issued by '{shown.Issuer}', which is not the certificate authority of {access.Source} ({status})"
                : status.HasFlag(X509ChainStatusFlags.NotTimeValid)
                    ? $"it, or its authority's, is not valid now: it is from {ClientCertificate.Words(shown.NotBefore)} to {ClientCertificate.Words(shown.NotAfter)} ({status})"
                : $"its chain has {status}");
        }

        return string.Join("; ", reasons);
    }

    private static string Names(X509Certificate2 shown)
    {
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(address => address.ToString()))).ToList();
        return names.Count > 0 ? string.Join(", ", names) : "no host at all";
    }
}
