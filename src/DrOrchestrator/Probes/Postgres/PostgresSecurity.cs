using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using DrOrchestrator.Estates;
using Npgsql;

namespace DrOrchestrator.Probes.Postgres;

/// <summary>
/// What a session with PostgreSQL asks of TLS. The certificate is judged here and not by the client library, which only says that it rejects one, and which would take authorities
/// and certificates from the home folder of whoever runs us.
/// </summary>
internal sealed class PostgresSecurity(PostgresTarget target, string host, Func<DateTimeOffset> now) : IDisposable
{
    private readonly TlsIdentity _identity = new(new TlsSettings(null, target.AuthorityFile, target.CertificateFile, target.KeyFile, target.KeyPassword, null));

    /// <summary>Sets up the connections of a source.</summary>
    public void Apply(NpgsqlDataSourceBuilder builder)
    {
        builder.ConnectionStringBuilder.SslMode = target.Tls switch
        {
            PostgresTls.Disable => SslMode.Disable,
            PostgresTls.Prefer => SslMode.Prefer,
            _ => SslMode.Require,
        };
        if (target.Tls is not PostgresTls.Disable)
        {
            builder.UseSslClientAuthenticationOptionsCallback(Secure);
        }
    }

    public void Dispose() => _identity.Dispose();

    private void Secure(SslClientAuthenticationOptions options)
    {
        options.ClientCertificates = null;
        options.ClientCertificateContext = _identity.Certificate();
        options.CertificateChainPolicy = target.IsVerified ? _identity.ChainPolicy() : null;
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => !target.IsVerified || Judge(certificate as X509Certificate2, chain, errors);
    }

    /// <exception cref="LookEndedException">The certificate is not accepted.</exception>
    private bool Judge(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var counted = target.Tls is PostgresTls.VerifyCa ? errors & ~SslPolicyErrors.RemoteCertificateNameMismatch : errors;
        return CertificateWords.Refusal(certificate, chain, counted, host, now()) is { } refused
            ? throw new LookEndedException(Finding.Down(string.Create(CultureInfo.InvariantCulture, $"TLS with {host}:{target.Port}: {refused}")))
            : true;
    }
}
