namespace DrOrchestrator.Estates;

/// <summary>How the newest moment whose data is safe at a standby is read.</summary>
/// <param name="Settings">Reader settings by kind.</param>
public sealed record RecoveryPointDefinition(string Name, string System, TimeSpan Interval, TimeSpan Timeout, RecoveryPointSettings Settings);

/// <summary>Settings of a recovery-point reader; <see cref="Kind"/> is the word in YAML.</summary>
public abstract record RecoveryPointSettings(string Kind);

/// <summary>Kinds that compare the log positions of the serving site and its standbys: copies are continuous.</summary>
public abstract record LogPositionSettings(string Kind) : RecoveryPointSettings(Kind)
{
    /// <summary>The sites that can be read.</summary>
    public abstract IEnumerable<string> SiteNames { get; }
}

/// <summary>Kinds that read which moment the newest copy represents.</summary>
/// <param name="Standby">The site the copy lies at.</param>
public abstract record MomentSettings(string Kind, string Standby) : RecoveryPointSettings(Kind)
{
    /// <summary>How old the newest copy may be before the copies themselves count as broken; null where only its age is told.</summary>
    public TimeSpan? ExpectedEvery { get; init; }

    /// <summary>True where the estate says that what is read is a continuous replication that tells its last moment, and no copy made now and then.</summary>
    public bool IsContinuous { get; init; }
}

/// <summary>
/// <c>positions</c>: every site serves a JSON document with the log position it has written and received. The serving site is read first, then the standby.
/// Fields: <c>role</c>, <c>epoch</c>, <c>position</c> (durable end of its own log), <c>received</c> (durably received from the primary), <c>connected</c>.
/// </summary>
/// <param name="Sites">Status address by site name.</param>
public sealed record PositionsSettings(IReadOnlyDictionary<string, Uri> Sites) : LogPositionSettings("positions")
{
    /// <inheritdoc />
    public override IEnumerable<string> SiteNames => Sites.Keys;
}
