namespace DrOrchestrator.RecoveryPoints;

/// <summary>A canary: numbered, timestamped markers written through the system's own write path, one at a time, each on record before the next is sent.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Leg">Name within the run, e.g. <c>failover</c>.</param>
/// <param name="IdPrefix">Marker ids are this and the number, e.g. <c>dro-1a2b3c4d-7-failover-</c>; unique to the run and leg for ever.</param>
/// <param name="Url">Where entries are posted.</param>
/// <param name="PerSecond">Markers a second, 1 to 1000.</param>
public sealed record CanaryLeg(long Run, string Leg, string IdPrefix, Uri Url, int PerSecond);

/// <summary>What became of a marker.</summary>
public enum MarkerFate
{
    /// <summary>On record before it was sent; no answer on record (yet): counted as in doubt.</summary>
    Sent,

    /// <summary>The system said it is written.</summary>
    Acknowledged,

    /// <summary>No answer, a broken connection or an answer that does not say.</summary>
    InDoubt,

    /// <summary>The system said it is not written, or nothing was sent.</summary>
    Refused,
}

/// <summary>One marker as journalled.</summary>
public sealed record Marker(long Number, DateTimeOffset SentAt, DateTimeOffset? AnsweredAt, MarkerFate Fate, long? Position);

/// <summary>Counted loss of a leg (实测数据丢失量).</summary>
/// <param name="Lost">Acknowledged and absent on the new side.</param>
/// <param name="LostSeconds">Send time of the last acknowledged marker minus that of the newest acknowledged survivor; 0 when none is lost.</param>
/// <param name="InDoubtSurvivors">In doubt, and there all the same.</param>
public sealed record CanaryCount(long Sent, long Acknowledged, long InDoubt, long Refused, long Lost, double LostSeconds, long InDoubtSurvivors);

/// <summary>The canaries of all runs.</summary>
public interface ICanaries
{
    /// <summary>Starts writing, or goes on with the numbering after a restart. Idempotent while it runs.</summary>
    Task StartAsync(CanaryLeg leg, CancellationToken cancellationToken);

    /// <summary>Stops writing and waits for the marker in flight. Idempotent.</summary>
    Task StopAsync(long run, string leg, CancellationToken cancellationToken);

    /// <summary>Why writing ended by itself in this process; null while it has not.</summary>
    string? FailureOf(long run, string leg);

    /// <summary>True while this process writes the leg.</summary>
    bool IsRunning(long run, string leg);

    /// <summary>All markers of a leg, in order of number.</summary>
    Task<IReadOnlyList<Marker>> ReadAsync(long run, string leg, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the survivors from <paramref name="survivorsUrl"/> (<c>GET ?prefix=IDPREFIX</c>: <c>{"epoch":2,"entries":[{"id":"..."}]}</c>) and counts. The
    /// raw answer comes back for the evidence.
    /// </summary>
    Task<(CanaryCount Count, byte[] RawSurvivors)> CountAsync(long run, string leg, string idPrefix, Uri survivorsUrl, CancellationToken cancellationToken);
}
