using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability;

/// <summary>Results that contradict the state, not (yet) enough of them to change it.</summary>
/// <param name="From">The change they may stand for was not before this.</param>
public sealed record Suspicion(DateTimeOffset From, int Results, string Reason);

/// <summary>What a probe says now.</summary>
/// <param name="State">The confirmed state; <c>Unknown</c> when the newest result has expired.</param>
/// <param name="Since">Edge of that state; default when never observed.</param>
/// <param name="ConfirmedAt">End of the result that completed the confirming run; null when unknown.</param>
/// <param name="LatencyMilliseconds">Of the newest result, when it is good and still valid.</param>
/// <param name="Reason">Why the state began.</param>
/// <param name="Newest">The newest result, expired or not.</param>
/// <param name="Suspicion">Unconfirmed contradiction, or null.</param>
public sealed record ServiceState(
    IntervalState State,
    Edge Since,
    DateTimeOffset? ConfirmedAt,
    double? LatencyMilliseconds,
    string Reason,
    ProbeResult? Newest,
    Suspicion? Suspicion = null);

/// <summary>The live view of the service by its probes, for people and for the drill engine.</summary>
public interface IServiceWatch
{
    /// <summary>What the probe says now; a probe nobody has heard of is unknown.</summary>
    ServiceState Current(string probe);

    /// <summary>The newest results, oldest first: at least as many as confirm a change, about twenty.</summary>
    IReadOnlyList<ProbeResult> Recent(string probe);

    /// <summary>Looks once, now, on a fresh connection, outside the loop; the result is not fed into the timeline.</summary>
    /// <exception cref="ArgumentException">The estate has no such probe.</exception>
    Task<ProbeResult> LookNowAsync(string probe, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until the probe's state is <paramref name="state"/> (up or down) and as many results in a row as confirm a change have seen it, each STARTED at or after
    /// <paramref name="confirmedAfter"/>; pass <see cref="DateTimeOffset.MinValue"/> to take what is confirmed already. The row of the change is
    /// durable by then: in the database, or, while that is away, in the spool.
    /// </summary>
    Task<ServiceState> WaitForAsync(string probe, IntervalState state, DateTimeOffset confirmedAfter, CancellationToken cancellationToken);
}
