using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Probes;

/// <summary>A TLS handshake that tells what it was shown. Nothing is fetched on the way (no revocation lists, no missing issuers): a target's certificate must not send us anywhere.</summary>
internal static class TlsHandshake
{
    /// <summary>Secures the connection, or disposes it and throws.</summary>
    /// <param name="host">The name the certificate must be for, unless the identity has another.</param>
    /// <param name="port">For reasons.</param>
    public static async Task<SslStream> SecureAsync(Stream stream, string host, int port, TlsIdentity identity, List<SslApplicationProtocol>? protocols, Look look, CancellationToken deadline)
    {
        var began = look.Elapsed;
        var secure = new SslStream(stream);
        try
        {
            var name = identity.ServerName ?? host;
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = protocols,
                CertificateChainPolicy = identity.ChainPolicy(),
                ClientCertificateContext = identity.Certificate(),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate, chain, errors, name, $"{host}:{port}", look),
            };
            look.Handshakes = $"{host}:{port}";
            await secure.AuthenticateAsClientAsync(options, deadline).ConfigureAwait(false);
            look.Handshakes = null;
            look.Tls = look.Elapsed - began;
            look.Note(Story.Secured, secure.SslProtocol, secure.NegotiatedCipherSuite);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The same for a handshake that the handler does itself, at the far end of a proxy's tunnel.</summary>
    public static SslClientAuthenticationOptions BehindAProxy(TlsIdentity identity, List<SslApplicationProtocol> protocols, Func<Look?> current) => new()
    {
        TargetHost = identity.ServerName,
        ApplicationProtocols = protocols,
        CertificateChainPolicy = identity.ChainPolicy(),
        ClientCertificateContext = identity.Certificate(),
        RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var name = (sender as SslStream)?.TargetHostName ?? "";
            return current() is { } look ? Judge(certificate, chain, errors, name, name, look) : errors == SslPolicyErrors.None;
        },
    };

    /// <exception cref="LookEndedException">The certificate is not accepted.</exception>
    private static bool Judge(X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors, string name, string target, Look look)
    {
        var certificate = presented as X509Certificate2;
        if (certificate is not null)
        {
            look.CertificateExpires = CertificateWords.End(certificate);
            look.Note(Story.Certificate, CertificateWords.Subject(certificate), certificate.Issuer, look.CertificateExpires);
            foreach (var issuer in chain?.ChainElements.Skip(1).Select(element => element.Certificate) ?? [])
            {
                look.Note(Story.ChainCertificate, issuer.Subject, CertificateWords.End(issuer));
            }
        }

        return CertificateWords.Refusal(certificate, chain, errors, name, look.Now) is { } refused
            ? throw new LookEndedException(Finding.Down($"TLS with {target}: {refused}"))
            : true;
    }
}
