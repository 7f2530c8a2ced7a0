namespace DrOrchestrator.RecoveryPoints.Postgres;

/// <summary>What a primary says of the standbys attached to it, and of how its commits wait.</summary>
/// <param name="SynchronousCommit">As it is in our own session.</param>
/// <param name="Source">Where that word comes from; <c>user</c> and <c>database</c> mean that it was set for us, and the others' is hidden by it.</param>
/// <param name="Overrides">Roles, databases and functions with a word of their own for <c>synchronous_commit</c>.</param>
/// <param name="Continuity">Changes when the server was started or its configuration loaded again.</param>
internal sealed record PostgresPrimaryReport(
    string SynchronousCommit,
    string Source,
    string StandbyNames,
    bool Fsync,
    IReadOnlyList<SettingOverride> Overrides,
    IReadOnlyList<AttachedStandby> Standbys,
    string Continuity)
{
    /// <summary>Null where it was not read.</summary>
    public int? MajorVersion { get; init; }
}

/// <summary>Somebody's own <c>synchronous_commit</c>.</summary>
/// <param name="Whose"><c>role batch</c>, <c>database ledger</c>, <c>function f()</c>.</param>
internal sealed record SettingOverride(string Whose, string Value);

/// <summary>A row of <c>pg_stat_replication</c>.</summary>
/// <param name="State">Null where our role may not see it.</param>
/// <param name="Session">Process and start of its sender: changes when it attaches anew.</param>
internal sealed record AttachedStandby(string Name, string? State, string? SyncState, string Session);

/// <summary>What a standby says of itself.</summary>
/// <param name="Name">What it calls itself at its primary.</param>
/// <param name="Upstream">Where its receiver is connected, <c>host:port</c>; null where it is not, or our role may not see it.</param>
internal sealed record PostgresStandbyReport(string Name, bool Fsync, string? Upstream, string Continuity);
