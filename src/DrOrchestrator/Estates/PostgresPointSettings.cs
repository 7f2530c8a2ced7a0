namespace DrOrchestrator.Estates;

/// <summary>
/// <c>postgres</c>: the log positions of a primary and its streaming standbys, asked of the servers themselves. A heartbeat row written at the primary at every look is
/// what a standby that still receives must have got.
/// </summary>
/// <param name="Sites">How each site's server is reached; of several hosts the first that answers is taken.</param>
/// <param name="StandbyNames">What a site's standby calls itself at its primary (<c>application_name</c>), where the estate says so; else the standby is asked.</param>
/// <param name="Heartbeat">The table of the heartbeat, <c>table</c> or <c>schema.table</c>; null for none.</param>
public sealed record PostgresPointSettings(
    IReadOnlyDictionary<string, PostgresTarget> Sites, IReadOnlyDictionary<string, string> StandbyNames, string? Heartbeat) : LogPositionSettings("postgres")
{
    /// <inheritdoc />
    public override IEnumerable<string> SiteNames => Sites.Keys;
}
