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

/// <summary>How data gets to the standby (verdict rule 7: tier 5 refuses periodic copies).</summary>
public enum CopyMechanism
{
    /// <summary>continuous: every change is sent on as it happens (持续复制).</summary>
    Continuous,

    /// <summary>periodic: a copy of a moment, again and again (定期拷贝); between two of them nothing is safe.</summary>
    Periodic,
}

/// <summary>Exposure now (当前数据丢失敞口) of one system towards one standby.</summary>
/// <param name="Value">
/// Log positions: the age of the oldest change that has not arrived, since a look first saw it (it may be older, see <paramref name="Highest"/>); with the primary gone, b.
/// Copies of a moment: the age of that moment. Null when unknown.
/// </param>
/// <param name="ObservedAt">Moment of the reading of the primary.</param>
/// <param name="ValidUntil">After this it is <c>unknown</c>, never the last good value.</param>
/// <param name="Lowest">"Lost if promoted now: a to b": a.</param>
/// <param name="Highest">b: since the last look whose position was reached; 0 only where everything was. Null when no bound is known. Limits are held against this.</param>
public sealed record Exposure(
    string System,
    string Standby,
    TimeSpan? Value,
    TimeSpan? Lowest,
    TimeSpan? Highest,
    ReplicationState Replication,
    DateTimeOffset ObservedAt,
    DateTimeOffset ValidUntil,
    string Reason)
{
    /// <summary>The recovery point it was read from; empty where nobody said.</summary>
    public string RecoveryPoint { get; init; } = "";

    /// <summary>How data gets there.</summary>
    public CopyMechanism Mechanism { get; init; } = CopyMechanism.Continuous;

    /// <summary>Whether commits wait for this standby (verdict rule 8), with the reason.</summary>
    public SynchronyFinding Synchrony { get; init; } = SynchronyFinding.NotAsked;

    /// <summary>For copies of a moment: the moment the data represents, on the clock of whoever made the copy; null otherwise.</summary>
    public DateTimeOffset? Represents { get; init; }

    /// <summary>Age of the oldest change received and not yet replayed at the standby; belongs to the RTO. Null when it was not read.</summary>
    public TimeSpan? ReplayLag { get; init; }

    /// <summary>What else was seen and changes no number: a declared delay of replay, a clock that differs, rights that are missing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The newest exposure of every system and standby, and a fresh reading where one is needed.</summary>
public interface IExposures
{
    /// <summary>The newest reading, expired ones as unknown; null when the estate declares no recovery point for it.</summary>
    Exposure? Current(string system, string standby);

    /// <summary>
    /// The newest readings of every recovery point of a system towards a standby. The first is the one that <see cref="Current"/> tells and history keeps: log
    /// positions before copies of a moment, then in the order of the estate.
    /// </summary>
    IReadOnlyList<Exposure> All(string system, string standby) => Current(system, standby) is { } one ? [one] : [];

    /// <summary>Reads both sides now; gates and steps use this, never <see cref="Current"/>.</summary>
    Task<Exposure> ReadNowAsync(string recoveryPoint, string standby, CancellationToken cancellationToken);
}
