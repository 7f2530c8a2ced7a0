namespace DrOrchestrator.Estates;

/// <summary>What a probe asks of TLS beyond a chain to a root of the machine and a fitting name.</summary>
/// <param name="ExpiresInMoreThan">A certificate that ends sooner is a failure; null for none.</param>
/// <param name="CaFile">Full path of a PEM file whose certificates are trusted instead of the machine's roots; null for those.</param>
/// <param name="CertificateFile">Full path of the PEM file of our own certificate (and its chain); null for none.</param>
/// <param name="KeyFile">Full path of the PEM file of its key; null where it stands in <paramref name="CertificateFile"/>.</param>
/// <param name="KeyPassword">Of an encrypted key; null for none.</param>
/// <param name="ServerName">The name the certificate must be for, and that is asked for (SNI); null for the address's.</param>
public sealed record TlsSettings(TimeSpan? ExpiresInMoreThan, string? CaFile, string? CertificateFile, string? KeyFile, SecretReference? KeyPassword, string? ServerName)
{
    /// <summary>Nothing beyond the usual.</summary>
    public static TlsSettings Usual { get; } = new(null, null, null, null, null, null);
}
