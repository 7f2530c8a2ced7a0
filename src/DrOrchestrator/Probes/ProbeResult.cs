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
}

/// <summary>One observation, a value, never an exception. Moments are of <see cref="Time.ProcessClock"/>.</summary>
/// <param name="Probe">Name of the probe.</param>
/// <param name="StartedAt">Before the first byte was sent.</param>
/// <param name="EndedAt">When the outcome was known.</param>
/// <param name="Reason">For people: <c>HTTP 201</c>, <c>connection refused by 127.0.0.1:80</c>, <c>no answer within 1 s</c>.</param>
public sealed record ProbeResult(string Probe, ProbeOutcome Outcome, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Reason)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Duration => EndedAt - StartedAt;
}
