namespace DrOrchestrator.RecoveryPoints;

/// <summary>Whether every commit waits until the standby has it (verdict rule 8).</summary>
public enum Synchrony
{
    /// <summary>Not known: not asked, not readable, or of a kind that cannot tell. Proves nothing.</summary>
    Unknown,

    /// <summary>Proven at that look: commits wait for flush or apply at this standby, and no override was found.</summary>
    Synchronous,

    /// <summary>Some commit may be acknowledged without this standby.</summary>
    Asynchronous,
}

/// <summary>What one look said of synchrony.</summary>
/// <param name="Reason">For people; also says what a look cannot prove.</param>
public sealed record SynchronyFinding(Synchrony State, string Reason)
{
    /// <summary>Of readers that cannot tell.</summary>
    public static SynchronyFinding NotAsked { get; } = new(Synchrony.Unknown, "this kind of recovery point cannot tell whether commits wait for the standby");

    /// <summary>
    /// Changes whenever something between two looks may have been otherwise (the server's configuration was loaded again, the standby attached anew): the time
    /// between such looks is not proven. Empty where there is nothing to compare.
    /// </summary>
    public string Continuity { get; init; } = "";
}

/// <summary>A stretch of time with one state of synchrony. Time that no stretch covers is unknown.</summary>
/// <param name="From">The first look that saw it.</param>
/// <param name="To">The last look that saw it, with nothing in between that could have been otherwise.</param>
public sealed record SynchronyInterval(string System, string Standby, Synchrony State, DateTimeOffset From, DateTimeOffset To, string Reason);
