namespace DrOrchestrator.RecoveryPoints;

/// <summary>Whether replication to a standby works, beside how much would be lost.</summary>
public enum ReplicationState
{
    /// <summary>Cannot be told: not read, or the reading has expired.</summary>
    Unknown,

    /// <summary>The standby receives.</summary>
    Protected,

    /// <summary>The standby does not receive, whatever it says of itself.</summary>
    NotProtected,
}

/// <summary>Exposure now (当前数据丢失敞口) of one system towards one standby.</summary>
/// <param name="Value">What would be lost if the primary were gone now; null when unknown.</param>
/// <param name="ObservedAt">Moment of the reading of the primary.</param>
/// <param name="ValidUntil">After this it is <c>unknown</c>, never the last good value.</param>
/// <param name="Lowest">"Lost if promoted now: a to b": a. Equal to <paramref name="Highest"/> while the primary answers.</param>
/// <param name="Highest">b; null when no bound is known.</param>
public sealed record Exposure(
    string System,
    string Standby,
    TimeSpan? Value,
    TimeSpan? Lowest,
    TimeSpan? Highest,
    ReplicationState Replication,
    DateTimeOffset ObservedAt,
    DateTimeOffset ValidUntil,
    string Reason);

/// <summary>The newest exposure of every system and standby, and a fresh reading where one is needed.</summary>
public interface IExposures
{
    /// <summary>The newest reading, expired ones as unknown; null when the estate declares no recovery point for it.</summary>
    Exposure? Current(string system, string standby);

    /// <summary>Reads both sides now; gates and steps use this, never <see cref="Current"/>.</summary>
    Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken);
}
