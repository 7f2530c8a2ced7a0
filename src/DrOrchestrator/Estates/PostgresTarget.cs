namespace DrOrchestrator.Estates;

/// <summary>How much of TLS a connection to PostgreSQL insists on; the words are PostgreSQL's own.</summary>
public enum PostgresTls
{
    /// <summary>disable: never.</summary>
    Disable,

    /// <summary>prefer: where the server has it; the certificate is not looked at.</summary>
    Prefer,

    /// <summary>require: always; the certificate is not looked at.</summary>
    Require,

    /// <summary>verify-ca: a certificate of the right authority.</summary>
    VerifyCa,

    /// <summary>verify-full: and of the right name.</summary>
    VerifyFull,
}

/// <summary>A database as a client reaches it.</summary>
/// <param name="Hosts">One or more; asked in this order, each with its share of the time, until one is what is expected.</param>
/// <param name="Password">Null where the server asks for none.</param>
/// <param name="AuthorityFile">Full path of the CA's PEM; null for the system's authorities.</param>
public sealed record PostgresTarget(
    IReadOnlyList<string> Hosts, int Port, string Database, string User, SecretReference? Password, PostgresTls Tls, string? AuthorityFile)
{
    /// <summary>Full path of the PEM file of our own certificate (and its chain), where the server asks for one; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Full path of the PEM file of its key; null where it stands in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Of an encrypted key; null for none.</summary>
    public SecretReference? KeyPassword { get; init; }

    /// <summary>The server's certificate is held against an authority.</summary>
    public bool IsVerified => Tls is PostgresTls.VerifyCa or PostgresTls.VerifyFull;
}
