namespace DrOrchestrator.Probes;

/// <summary>What one probe saw.</summary>
public enum ProbeOutcome
{
    /// <summary>The answer was as expected.</summary>
    Up,

    /// <summary>No answer in time, or not the expected one.</summary>
    Down,

    /// <summary>We could not look (our own side failed).</summary>
    Unknown,

    /// <summary>Vantage points disagree: it serves some and fails others. Never what one look alone says.</summary>
    Degraded,
}

/// <summary>One observation, a value, never an exception. Moments are of <see cref="Time.ProcessClock"/>.</summary>
/// <param name="Probe">Name of the probe.</param>
/// <param name="StartedAt">Before the first byte was sent.</param>
/// <param name="EndedAt">When the outcome was known.</param>
/// <param name="Reason">For people: <c>HTTP 201</c>, <c>connection refused by 127.0.0.1:80</c>, <c>no answer within 1 s</c>.</param>
public sealed record ProbeResult(string Probe, ProbeOutcome Outcome, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Reason)
{
    /// <summary>Name of the vantage point it was seen from; empty where the estate declares none.</summary>
    public string Vantage { get; init; } = "";

    /// <summary>How long it took.</summary>
    public TimeSpan Duration => EndedAt - StartedAt;

    /// <summary>The number a probe measured where it measures one (a PromQL value, a number in an answer), in its own unit; null otherwise.</summary>
    public double? Value { get; init; }

    /// <summary>Where the time went; null where the kind does not tell.</summary>
    public ProbePhases? Phases { get; init; }

    /// <summary>End of validity of the certificate the target presented; null without TLS.</summary>
    public DateTimeOffset? CertificateExpires { get; init; }

    /// <summary>The story of the look; null for a good one that nobody asked to be told in full.</summary>
    public IReadOnlyList<ProbeNote>? Notes { get; init; }

    /// <summary>True when this process stood still or its clock jumped: then what it has heard of others may be as old.</summary>
    public bool StoodStill { get; init; }

    /// <summary>Where the outcome rests on the word of other vantage points too: what this one saw, and how late their word may be; null otherwise.</summary>
    public JointWord? Joint { get; init; }

    /// <summary>What this vantage point itself saw.</summary>
    public ProbeOutcome Own => Joint?.Own ?? Outcome;

    /// <summary>The same by this vantage point's own word.</summary>
    public ProbeResult Measured => Joint is null ? this : this with { Outcome = Own, Joint = null };

    /// <summary>The outcome shows the state at some moment between this and <see cref="EndedAt"/>: the start of the look, or earlier where it rests on the word of others.</summary>
    public DateTimeOffset ShowsFrom => Joint is { } joint ? StartedAt - joint.Lateness : StartedAt;
}

/// <summary>That an outcome is the word of several vantage points.</summary>
/// <param name="Own">What the one that looked saw itself.</param>
/// <param name="Lateness">How much older than the look the truth behind the others' words may be.</param>
public sealed record JointWord(ProbeOutcome Own, TimeSpan Lateness);

/// <summary>Where the time of a look went. A phase that did not happen (a reused connection connects to nothing) or was not reached is null.</summary>
/// <param name="Dns">Name resolution.</param>
/// <param name="Connect">TCP handshake.</param>
/// <param name="Tls">TLS handshake.</param>
/// <param name="FirstByte">From the request written to the first byte of the answer.</param>
/// <param name="Transfer">From the first byte to the last.</param>
public readonly record struct ProbePhases(TimeSpan? Dns, TimeSpan? Connect, TimeSpan? Tls, TimeSpan? FirstByte, TimeSpan? Transfer);
