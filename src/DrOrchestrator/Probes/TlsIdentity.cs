using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>Whom a probe trusts and who it is itself, read from PEM files; a file that was replaced is read again at the next connection.</summary>
internal sealed class TlsIdentity(TlsSettings settings) : IDisposable
{
    private readonly object _gate = new();
    private X509Certificate2Collection? _authorities;
    private DateTime _authoritiesWritten;
    private X509Certificate2? _certificate;
    private SslStreamCertificateContext? _context;
    private DateTime _certificateWritten;

    /// <summary>The machine's roots, no certificate of our own.</summary>
    public static TlsIdentity Usual { get; } = new(TlsSettings.Usual);

    public string? ServerName => settings.ServerName;

    /// <exception cref="LookEndedException">The file with the authorities cannot be read.</exception>
    public X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (settings.CaFile is { } file)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(Read(file, () => Authorities(file)));
        }

        return policy;
    }

    /// <exception cref="LookEndedException">The file or its password cannot be read.</exception>
    public SslStreamCertificateContext? Certificate() => settings.CertificateFile is { } file ? Read(file, () => Context(file)) : null;

    public void Dispose() => _certificate?.Dispose();

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        // An argument that does not fit: a key of another certificate.
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new LookEndedException(Finding.Unknown($"could not look: the file {file} cannot be used ({exception.GetType().Name})"));
        }
    }

    private X509Certificate2Collection Authorities(string file)
    {
        lock (_gate)
        {
            var written = File.GetLastWriteTimeUtc(file);
            if (_authorities is null || written != _authoritiesWritten)
            {
                var read = new X509Certificate2Collection();
                read.ImportFromPemFile(file);
                (_authorities, _authoritiesWritten) = (read, written);
            }

            return _authorities;
        }
    }

    private SslStreamCertificateContext Context(string file)
    {
        var key = settings.KeyFile ?? file;
        lock (_gate)
        {
            var written = new DateTime(Math.Max(File.GetLastWriteTimeUtc(file).Ticks, File.GetLastWriteTimeUtc(key).Ticks));
            if (_context is null || written != _certificateWritten)
            {
                var certificate = settings.KeyPassword is { } password
                    ? X509Certificate2.CreateFromEncryptedPemFile(file, Secrets.Read(password), key)
                    : X509Certificate2.CreateFromPemFile(file, key);
                var chain = new X509Certificate2Collection();
                chain.ImportFromPemFile(file);
                _certificate?.Dispose();
                (_certificate, _context, _certificateWritten) = (certificate, SslStreamCertificateContext.Create(certificate, chain, offline: true), written);
            }

            return _context;
        }
    }
}
