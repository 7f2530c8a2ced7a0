using System.Globalization;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Estates;

/// <summary><c>tcp</c>: a connection is accepted and, where asked, secured and answered.</summary>
public sealed record TcpProbeSettings(string Host, int Port) : ProbeSettings("tcp")
{
    /// <inheritdoc />
    public override string Target => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>By which version of IP.</summary>
    public IpChoice Ip { get; init; }

    /// <summary>TLS from the first byte on; null for none.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>What is said and heard; null for nothing.</summary>
    public TcpBanner? Banner { get; init; }
}

/// <summary>The first words of a conversation.</summary>
/// <param name="Send">Sent first, as UTF-8; null where the target speaks first.</param>
/// <param name="StartsWith">Beginning of what must come; null for any.</param>
/// <param name="Matches">Pattern of what must come; null for any.</param>
/// <param name="WithinBytes">How much is read at most, 1 to 65,536.</param>
public sealed record TcpBanner(string? Send, string? StartsWith, Regex? Matches, int WithinBytes);
