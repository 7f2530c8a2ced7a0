namespace DrOrchestrator.Estates;

/// <summary>Kinds of records a probe may ask for.</summary>
public enum DnsRecordType
{
    /// <summary>IPv4 address.</summary>
    A,

    /// <summary>IPv6 address.</summary>
    Aaaa,

    /// <summary>Canonical name.</summary>
    Cname,

    /// <summary>Mail exchange: <c>10 mail.example</c>.</summary>
    Mx,

    /// <summary>Text.</summary>
    Txt,

    /// <summary>Service: <c>priority weight port target</c>.</summary>
    Srv,

    /// <summary>Start of authority: the primary server's name.</summary>
    Soa,

    /// <summary>Name server.</summary>
    Ns,
}

/// <summary>How answers compare with what is expected.</summary>
public enum DnsMatch
{
    /// <summary>Every expected answer is there; others may be.</summary>
    Contains,

    /// <summary>At least one of the expected answers is there.</summary>
    Any,

    /// <summary>These answers and no others.</summary>
    Exact,
}

/// <summary>How a question travels.</summary>
public enum DnsTransport
{
    /// <summary>UDP, and TCP where an answer was cut short.</summary>
    Auto,

    /// <summary>UDP only.</summary>
    Udp,

    /// <summary>TCP only.</summary>
    Tcp,
}

/// <summary><c>dns</c>: one question to one server, never answered from a cache of ours.</summary>
/// <param name="Server">Name or address of the server; null for the machine's first one.</param>
/// <param name="Expect">Expected answers; empty for any.</param>
/// <param name="Rcode">Word of the expected response code: NOERROR, NXDOMAIN, ...</param>
public sealed record DnsProbeSettings(
    string? Server, int Port, string Name, DnsRecordType Type, IReadOnlyList<string> Expect, DnsMatch Match, string Rcode, DnsTransport Transport) : ProbeSettings("dns")
{
    /// <inheritdoc />
    public override string Target => $"{Type.ToString().ToUpperInvariant()} {Name}{(Server is null ? "" : $" @{Server}")}";
}
