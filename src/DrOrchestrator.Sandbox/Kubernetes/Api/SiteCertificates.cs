using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>The site's own CA and the certificate it gave the API; made once, kept in the site's folder, never in a certificate store.</summary>
internal sealed record SiteCertificates(string AuthorityPem, X509Certificate2 Server)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    public static SiteCertificates Obtain(string folder, string site, TimeProvider time)
    {
        var authorityFile = Path.Combine(folder, "ca.crt");
        var serverFile = Path.Combine(folder, "server.pem");
        if (!File.Exists(serverFile))
        {
            Make(authorityFile, serverFile, site, time.GetUtcNow());
        }

        var pem = File.ReadAllText(serverFile);
        return new SiteCertificates(File.ReadAllText(authorityFile), X509Certificate2.CreateFromPem(pem, pem));
    }

    // The CA's own key is forgotten: there is nothing else for it to sign.
    private static void Make(string authorityFile, string serverFile, string site, DateTimeOffset now)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN={site} sandbox CA", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now + Lifetime);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={site} sandbox API", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var server = request.Create(authority, now.AddDays(-1), (now + Lifetime).AddDays(-1), RandomNumberGenerator.GetBytes(16));

        DurableFile.Replace(authorityFile, Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"));
        DurableFile.Replace(serverFile, Encoding.ASCII.GetBytes($"{server.ExportCertificatePem()}\n{serverKey.ExportPkcs8PrivateKeyPem()}\n"));
    }
}
