using System.Globalization;

namespace DrOrchestrator.Estates;

/// <summary><c>http</c>: one request on a fresh or a reused connection. What a probe does not set costs it nothing.</summary>
/// <param name="Body">Sent as is; <c>{{nonce}}</c> stands for a value never sent before, so that every probe is a new write.</param>
/// <param name="BodyContains">Text the answer must contain, or null.</param>
public sealed record HttpProbeSettings(
    Uri Url,
    string Method,
    IReadOnlyDictionary<string, string> Headers,
    string? Body,
    IReadOnlyList<StatusRange> ExpectedStatus,
    string? BodyContains,
    bool FreshConnection) : ProbeSettings("http")
{
    /// <inheritdoc />
    public override string Target => $"{Method} {Url.GetLeftPart(UriPartial.Path)}";

    /// <summary>Headers whose values are secrets; null for none.</summary>
    public IReadOnlyDictionary<string, SecretReference>? SecretHeaders { get; init; }

    /// <summary>Basic or bearer credentials; null for none.</summary>
    public HttpCredentials? Credentials { get; init; }

    /// <summary>What the answer must be beyond its status and <see cref="BodyContains"/>; null for nothing.</summary>
    public HttpExpectations? Expect { get; init; }

    /// <summary>Redirects followed, 0 (then a redirect is judged by its status) to 10.</summary>
    public int Redirects { get; init; }

    /// <summary>What is asked of TLS; null for the usual.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>By which version of IP.</summary>
    public IpChoice Ip { get; init; }

    /// <summary>The proxy between us and the target; null for none.</summary>
    public HttpProxySettings? Proxy { get; init; }

    /// <summary>HTTP/2 and nothing else; otherwise HTTP/1.1.</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>True where it cannot share connections with other probes.</summary>
    public bool HasOwnConnections => Tls is not null || Proxy is not null || Ip != IpChoice.Any || IsHttp2;
}

/// <summary>Status codes from one to another, both included.</summary>
public readonly record struct StatusRange(int First, int Last)
{
    /// <summary>One status.</summary>
    public static implicit operator StatusRange(int status) => new(status, status);

    /// <summary>Whether the status is one of them.</summary>
    public bool Holds(int status) => status >= First && status <= Last;

    /// <inheritdoc />
    public override string ToString() => First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}

/// <summary>Who asks.</summary>
/// <param name="User">For basic credentials; null for a bearer token.</param>
/// <param name="Secret">Password or token.</param>
public sealed record HttpCredentials(string? User, SecretReference Secret);

/// <summary>An HTTP proxy (http:// only).</summary>
/// <param name="User">Null where it asks for none.</param>
public sealed record HttpProxySettings(Uri Url, string? User, SecretReference? Password);
