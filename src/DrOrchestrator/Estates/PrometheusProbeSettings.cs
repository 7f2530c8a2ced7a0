namespace DrOrchestrator.Estates;

/// <summary>What a case means that is neither good nor bad by itself.</summary>
public enum ProbeMeaning
{
    /// <summary>unknown: nobody knows.</summary>
    Unknown,

    /// <summary>up: it is good.</summary>
    Up,

    /// <summary>down: it is bad.</summary>
    Down,
}

/// <summary>How many series an answer may have.</summary>
public enum SeriesRule
{
    /// <summary>one: exactly one; of several nobody knows which counts.</summary>
    One,

    /// <summary>every: each has to be good.</summary>
    Every,

    /// <summary>any: one good one is enough.</summary>
    Any,
}

/// <summary>
/// <c>prometheus</c>: an instant query against a server that somebody else runs. That server is the means of looking, not what is looked at: where it fails, the
/// outcome is unknown.
/// </summary>
/// <param name="Url">Of the server; <c>/api/v1/query</c> is added.</param>
/// <param name="Query">PromQL.</param>
/// <param name="MaxAge">Oldest good sample, or null: Prometheus itself hands out samples of up to five minutes ago.</param>
/// <param name="Sample">The selector whose samples' age counts; null for the query itself, which then is a selector.</param>
/// <param name="OnEmpty">No series.</param>
/// <param name="OnNan">A value that is no number.</param>
/// <param name="OnWarnings">Prometheus answered with warnings: parts may be missing.</param>
public sealed record PrometheusProbeSettings(
    Uri Url,
    string Query,
    ValueLimits Limits,
    SeriesRule Series,
    TimeSpan? MaxAge,
    string? Sample,
    ProbeMeaning OnEmpty,
    ProbeMeaning OnNan,
    ProbeMeaning OnWarnings,
    SecretReference? BearerToken,
    BasicCredentials? Basic) : ProbeSettings("prometheus")
{
    /// <inheritdoc />
    public override string Target => Url.GetLeftPart(UriPartial.Path);

    /// <summary>What is asked of TLS; null for the usual.</summary>
    public TlsSettings? Tls { get; init; }
}

/// <summary>HTTP basic authentication.</summary>
public sealed record BasicCredentials(string User, SecretReference Password);
