namespace DrOrchestrator.RecoveryPoints.Postgres;

/// <summary>
/// Verdict rule 8, by what both servers say at one look; pure. Everything must hold: commits wait for flush or apply (<c>on</c>, <c>remote_apply</c>), for everybody;
/// this standby is in every set that <c>synchronous_standby_names</c> accepts; it is attached and streaming. What a session asks for itself cannot be seen from outside.
/// </summary>
internal static class SynchronyJudge
{
    public static SynchronyFinding Judge(string site, PostgresPrimaryReport primary, PostgresStandbyReport standby) =>
        AgainstIt(primary, standby.Name) ?? Attached(site, primary, standby);

    /// <summary>The mode towards a standby that the primary's settings declare, whether it is attached or not; null where they cannot be read.</summary>
    public static string? ModeOf(PostgresPrimaryReport primary, string standby) => AgainstIt(primary, standby)?.State switch
    {
        Synchrony.Asynchronous => "asynchronous",
        Synchrony.Unknown => null,
        _ => primary.SynchronousCommit.ToLowerInvariant() is "remote_apply" ? "synchronous (remote_apply)" : "synchronous",
    };

    /// <summary>What in the settings keeps commits from waiting for a standby, or from being told; null where nothing does.</summary>
    private static SynchronyFinding? AgainstIt(PostgresPrimaryReport primary, string standby)
    {
        if (!StandbyNames.TryParse(primary.StandbyNames, out var names))
        {
            return Unknown($"synchronous_standby_names is {primary.StandbyNames}, which cannot be read");
        }

        if (names.IsEmpty)
        {
            return Asynchronous("synchronous_standby_names is empty");
        }

        // In our own session an own word hides the one for everybody; the override itself is found below.
        var isOurs = primary.Source is "user" or "database" or "database user" or "client" or "session";
        if (!isOurs && !Waits(primary.SynchronousCommit))
        {
            return Asynchronous($"synchronous_commit is {primary.SynchronousCommit}");
        }

        if (primary.Overrides.FirstOrDefault(o => !Waits(o.Value)) is { } lax)
        {
            return Asynchronous($"{lax.Whose} has synchronous_commit={lax.Value}");
        }

        if (isOurs)
        {
            return Unknown("the role that reads has a synchronous_commit of its own, which hides the one for everybody");
        }

        if (!names.Lists(standby))
        {
            return Asynchronous($"synchronous_standby_names is {primary.StandbyNames}, without {standby}");
        }

        return names.AcceptsWithout(standby) ? Asynchronous($"{primary.StandbyNames} is satisfied without {standby}") : null;
    }

    private static SynchronyFinding Attached(string site, PostgresPrimaryReport primary, PostgresStandbyReport standby)
    {
        switch (primary.Standbys.Where(s => s.Name.Equals(standby.Name, StringComparison.OrdinalIgnoreCase)).ToList())
        {
            case []:
                return Asynchronous(standby.Upstream is { } upstream
                    ? $"{site} receives from {upstream} and is not attached to the primary as {standby.Name}"
                    : $"{site} is not attached to the primary as {standby.Name}");
            case [{ State: null }]:
                return Unknown("the role that reads may not see the standbys; grant it pg_monitor");
            case [{ State: not "streaming" } attached]:
                return Asynchronous($"{standby.Name} is attached and not streaming: {attached.State}");
            case [{ SyncState: not ("sync" or "quorum") } attached]:
                return Asynchronous($"the primary does not wait for {standby.Name}: {attached.SyncState}");
            case [var attached] when primary.Fsync && standby.Fsync:
                return new SynchronyFinding(Synchrony.Synchronous, $"commits wait for {standby.Name}: synchronous_commit={primary.SynchronousCommit}, {primary.StandbyNames}; what a session sets for itself cannot be seen")
                {
                    Continuity = $"{primary.Continuity} {attached.Session} {standby.Continuity}",
                };
            case [_]:
                return Asynchronous($"fsync is off at {(primary.Fsync ? site : "the primary")}: what is flushed is not durable");
            default:
                return Asynchronous($"several standbys call themselves {standby.Name}, and any of them satisfies the primary");
        }
    }

    /// <summary>PostgreSQL keeps the word as it was written.</summary>
    private static bool Waits(string synchronousCommit) => synchronousCommit.ToLowerInvariant() is "on" or "remote_apply" or "true" or "yes" or "1";

    private static SynchronyFinding Asynchronous(string reason) => new(Synchrony.Asynchronous, reason);

    private static SynchronyFinding Unknown(string reason) => new(Synchrony.Unknown, reason);
}
