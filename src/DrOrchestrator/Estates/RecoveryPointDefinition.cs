namespace DrOrchestrator.Estates;

/// <summary>How the newest moment whose data is safe at a standby is read.</summary>
/// <param name="Settings">Reader settings by kind.</param>
public sealed record RecoveryPointDefinition(string Name, string System, TimeSpan Interval, TimeSpan Timeout, RecoveryPointSettings Settings);

/// <summary>Settings of a recovery-point reader; <see cref="Kind"/> is the word in YAML.</summary>
public abstract record RecoveryPointSettings(string Kind);

/// <summary>
/// <c>positions</c>: every site serves a JSON document with the log position it has written and received. The serving site is read first, then the standby.
/// Fields: <c>role</c>, <c>epoch</c>, <c>position</c> (durable end of its own log), <c>received</c> (durably received from the primary), <c>connected</c>.
/// </summary>
/// <param name="Sites">Status address by site name.</param>
public sealed record PositionsSettings(IReadOnlyDictionary<string, Uri> Sites) : RecoveryPointSettings("positions");
