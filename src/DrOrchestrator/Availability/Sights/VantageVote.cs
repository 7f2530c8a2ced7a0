using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability.Sights;

/// <summary>What another vantage point that has a vote says of a probe.</summary>
/// <param name="SeesDown">Down by its own confirmation; otherwise it sees it serve.</param>
internal readonly record struct OtherWord(string Vantage, bool SeesDown, string Reason)
{
    /// <summary>It has control targets, and would say nothing if its own network had failed.</summary>
    public bool SuspectsItself { get; init; }
}

/// <summary>
/// Makes one outcome of what this vantage point saw and of what the others say. Down when more than half of those who look see it down; else degraded when any does; else
/// up. Where this one cannot look, the others' words count. Pure.
/// </summary>
internal static class VantageVote
{
    /// <summary>How a disagreement begins.</summary>
    public const string Disagreement = "degraded: from ";

    /// <param name="own">The result of a look from here.</param>
    /// <param name="others">Those who vote now: fresh, and not in doubt of themselves.</param>
    /// <param name="lateness">How old the truth behind their words may be.</param>
    public static ProbeResult Of(ProbeResult own, IReadOnlyList<OtherWord> others, TimeSpan lateness)
    {
        // Where this one cannot look, a network that failed at both ends must not look like an interruption.
        var isLooking = own.Outcome != ProbeOutcome.Unknown;
        others = isLooking ? others : [.. others.Where(other => !other.SeesDown || other.SuspectsItself)];
        if (others.Count == 0 || own.StoodStill)
        {
            return own;
        }

        var looking = others.Count + (isLooking ? 1 : 0);
        var down = others.Count(other => other.SeesDown) + (own.Outcome == ProbeOutcome.Down ? 1 : 0);
        var outcome = 2 * down > looking ? ProbeOutcome.Down : down > 0 ? ProbeOutcome.Degraded : ProbeOutcome.Up;
        return (outcome, own.Outcome) switch
        {
            (ProbeOutcome.Up, ProbeOutcome.Up) => own,

            // Somebody who no longer sees it down may not have said so yet: that all see it down is only as new as their words.
            (ProbeOutcome.Down, ProbeOutcome.Down) => own with { Joint = new JointWord(own.Outcome, lateness) },
            _ => own with { Outcome = outcome, Reason = Reason(own, others, outcome), Joint = new JointWord(own.Outcome, lateness) },
        };
    }

    /// <summary>Who sees it down, then who sees it up, each with its reason; last of all why this one cannot look.</summary>
    private static string Reason(ProbeResult own, IReadOnlyList<OtherWord> others, ProbeOutcome outcome)
    {
        var words = own.Outcome == ProbeOutcome.Unknown ? others : [new OtherWord(own.Vantage, own.Outcome == ProbeOutcome.Down, own.Reason), .. others];
        var down = words.Where(word => word.SeesDown).Select((word, i) => $"{(i > 0 ? "from " : outcome == ProbeOutcome.Degraded ? Disagreement : "down from ")}{word.Vantage} ({word.Reason})");
        var up = words.Where(word => !word.SeesDown).Select(word => $"up from {word.Vantage} ({word.Reason})");
        string[] blind = own.Outcome == ProbeOutcome.Unknown ? [$"{own.Vantage} cannot look: {own.Reason}"] : [];
        return string.Join("; ", [.. down, .. up, .. blind]);
    }
}
