using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Kubernetes;

/// <summary>A certificate we show, with the intermediates that came with it.</summary>
internal sealed class ClientCertificate
{
    private readonly X509Certificate2 _certificate;

    private ClientCertificate(X509Certificate2 certificate, SslStreamCertificateContext context)
    {
        _certificate = certificate;
        Context = context;
        Thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    public SslStreamCertificateContext Context { get; }

    /// <summary>SHA-256 of the certificate, in hex.</summary>
    public string Thumbprint { get; }

    public DateTimeOffset From => _certificate.NotBefore;

    public DateTimeOffset Until => _certificate.NotAfter;

    /// <summary>From PEM; the exception's message says which of the two is wrong, and nothing of the key.</summary>
    /// <param name="source">Whose it is, for people.</param>
    public static ClientCertificate Of(string certificatePem, string keyPem, string source)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(certificatePem);
            if (all.Count == 0)
            {
                throw new ClusterAccessException($"{source}: its client certificate holds no PEM certificate");
            }

            var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            return new ClientCertificate(certificate, SslStreamCertificateContext.Create(certificate, [.. all.Skip(1)], offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ClusterAccessException($"{source}: its client certificate and key cannot be used together: one of them is no PEM, or the key is of another certificate") { MayPass = true };
        }
    }

    /// <summary>Why it is not worth showing now, for people; null when it is.</summary>
    public string? Problem(DateTimeOffset now) =>
        now > Until ? $"expired at {Words(Until)} ({Since(now - Until)} ago)"
        : now < From ? $"is not valid before {Words(From)}; is the clock of this host right"
        : null;

    /// <summary>For people.</summary>
    public string Period => $"valid from {Words(From)} to {Words(Until)}";

    public static string Words(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Since(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Ceiling(span.TotalMinutes)} minutes"),
    };
}
