using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Testing;

/// <summary>A certificate authority of one test, and what it signs, as PEM.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-10);

    private readonly X509Certificate2 _authority;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(From, From.AddDays(60));
    }

    public string Pem => _authority.ExportCertificatePem();

    /// <summary>A certificate and its key.</summary>
    /// <param name="host">The DNS name or address it is for.</param>
    public (string Certificate, string Key) Issue(string name, string host, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_authority, From, From.AddDays(isExpired ? 1 : 30), RandomNumberGenerator.GetBytes(8));
        return (signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The same as two files.</summary>
    public (string Certificate, string Key) Write(string folder, string name, string host)
    {
        var (certificate, key) = Issue(name, host);
        var path = Path.Combine(folder, $"{name}-{Guid.NewGuid():N}");
        File.WriteAllText($"{path}.pem", certificate);
        File.WriteAllText($"{path}.key", key);
        return ($"{path}.pem", $"{path}.key");
    }

    public void Dispose() => _authority.Dispose();
}
