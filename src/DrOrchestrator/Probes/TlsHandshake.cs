using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Probes;

/// <summary>A TLS handshake that tells what it was shown. Nothing is fetched on the way (no revocation lists, no missing issuers): a target's certificate must not send us anywhere.</summary>
internal static class TlsHandshake
{
    /// <summary>Secures the connection, or disposes it and throws.</summary>
    /// <param name="host">The name the certificate must be for.</param>
    /// <param name="port">For reasons.</param>
    public static async Task<SslStream> SecureAsync(Stream stream, string host, int port, TlsIdentity identity, List<SslApplicationProtocol>? protocols, Look look, CancellationToken deadline)
    {
        var began = look.Elapsed;
        var name = identity.ServerName ?? host;
        string? refused = null;
        var secure = new SslStream(stream);
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = protocols,
                CertificateChainPolicy = identity.ChainPolicy(),
                ClientCertificateContext = identity.Certificate(),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    Tell(certificate as X509Certificate2, chain, look);
                    refused = CertificateWords.Refusal(certificate as X509Certificate2, chain, errors, name, look.Now);
                    return refused is null;
                },
            };
            await secure.AuthenticateAsClientAsync(options, deadline).ConfigureAwait(false);
            look.Tls = look.Elapsed - began;
            look.Note(Story.Secured, secure.SslProtocol, secure.NegotiatedCipherSuite);
            return secure;
        }
        catch (Exception exception)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException && refused is not null && !deadline.IsCancellationRequested)
            {
                throw new LookEndedException(Finding.Down($"TLS with {host}:{port}: {refused}"));
            }

            throw;
        }
    }

    private static void Tell(X509Certificate2? certificate, X509Chain? chain, Look look)
    {
        if (certificate is null)
        {
            return;
        }

        look.CertificateExpires = CertificateWords.End(certificate);
        look.Note(Story.Certificate, CertificateWords.Subject(certificate), certificate.Issuer, look.CertificateExpires);
        foreach (var issuer in chain?.ChainElements.Skip(1).Select(element => element.Certificate) ?? [])
        {
            look.Note(Story.ChainCertificate, issuer.Subject, CertificateWords.End(issuer));
        }
    }
}
