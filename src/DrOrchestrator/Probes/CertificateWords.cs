using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace DrOrchestrator.Probes;

/// <summary>What is wrong with a certificate, in words. Pure.</summary>
internal static class CertificateWords
{
    private const int MostNames = 3;

    /// <summary>Everything that is wrong, joined with semicolons; null when nothing is.</summary>
    public static string? Refusal(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string name, DateTimeOffset now)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "no certificate was presented";
        }

        var wrong = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            wrong.Add($"the certificate is for {Names(certificate)}, not for {name}");
        }

        foreach (var status in chain?.ChainStatus.Select(status => status.Status).Distinct() ?? [])
        {
            wrong.Add(status switch
            {
                X509ChainStatusFlags.NotTimeValid when End(certificate) <= now => $"the certificate expired at {Moment(End(certificate))}",
                X509ChainStatusFlags.NotTimeValid when Start(certificate) > now => $"the certificate is not valid before {Moment(Start(certificate))}",
                X509ChainStatusFlags.NotTimeValid => "an issuer of the certificate is not valid now",
                X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => $"the issuer of the certificate is not trusted ({status})",
                _ => $"the certificate is not accepted ({status})",
            });
        }

        return wrong.Count > 0 ? string.Join("; ", wrong) : $"the certificate is not accepted ({errors})";
    }

    /// <summary>What is wrong with the time that is left; null when nothing is.</summary>
    public static string? TooShort(DateTimeOffset? expires, TimeSpan? limit, DateTimeOffset now) =>
        limit is { } least && expires is { } end && end - now <= least ? $"the certificate expires in {Story.Days(end - now)} (limit: {Story.Days(least)})" : null;

    /// <summary>The subject, or the names it is for where it has no subject.</summary>
    public static string Subject(X509Certificate2 certificate) => certificate.Subject.Length > 0 ? certificate.Subject : Names(certificate);

    public static DateTimeOffset End(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private static DateTimeOffset Start(X509Certificate2 certificate) => new(certificate.NotBefore.ToUniversalTime());

    private static string Names(X509Certificate2 certificate)
    {
        var alternative = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))).ToList();
        var shown = alternative.Count > 0 ? string.Join(", ", alternative.Take(MostNames)) + (alternative.Count > MostNames ? ", ..." : "") : certificate.Subject;
        return ProbeFailures.OneLine(shown);
    }

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
