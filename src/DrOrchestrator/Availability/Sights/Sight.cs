namespace DrOrchestrator.Availability.Sights;

/// <summary>What one vantage point sees of one probe: its own confirmed state, by its own looks, control targets and N of M.</summary>
/// <param name="State">Unknown while it cannot tell: too few results yet, no result for too long, or it suspects itself.</param>
/// <param name="Since">Edge of the state, by its own wall clock; a label. Null when nothing was ever confirmed.</param>
/// <param name="LookedAt">End of its newest look when this was written, by its own wall clock; a label. Null before the first.</param>
/// <param name="Reason">Why; at most <see cref="LongestReason"/> characters.</param>
public sealed record Sight(string Probe, IntervalState State, DateTimeOffset? Since, DateTimeOffset? LookedAt, string Reason)
{
    /// <summary>Longer reasons are cut.</summary>
    public const int LongestReason = 300;
}

/// <summary>That a vantage point looks: written about once a second, with a number that grows by one each time.</summary>
/// <param name="Epoch">Of one start of one process; whoever begins anew has another.</param>
/// <param name="Number">From 1.</param>
/// <param name="Estate">Hash of the estate it looks by.</param>
/// <param name="Controls">How many control targets it has.</param>
/// <param name="Looks">Looks made since its start.</param>
/// <param name="At">By its own wall clock; a label.</param>
public sealed record VantageBeat(string Vantage, string Epoch, long Number, string Estate, int Controls, long Looks, DateTimeOffset At);

/// <summary>What was read of one vantage point.</summary>
/// <param name="IsWhole">Everything it sees, in place of what was known; else only what has changed.</param>
public sealed record VantageReading(VantageBeat Beat, bool IsWhole, IReadOnlyList<Sight> Sights);

/// <summary>What became of a write.</summary>
public enum SightWrite
{
    /// <summary>It is there.</summary>
    Kept,

    /// <summary>What was written before is not there any more, or is newer than we know: begin anew, with everything.</summary>
    Lost,

    /// <summary>Another process looks from this vantage point now.</summary>
    Replaced,
}
