using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Availability;

/// <summary>How long it may take from an interruption until it is confirmed (verdict rule 9, and the first part of every forecast). Pure.</summary>
public static class DetectionBound
{
    /// <summary>
    /// From where one vantage point looks: interval x looks + timeout; looks that hang longer than the interval follow each other a timeout apart. The interruption may begin
    /// right after a look has passed, and the look that confirms it may hang to its end. How many looks is not <c>confirmations</c> alone: a target that stays down is confirmed by N looks, but where N of M confirm, one that lets M - N of M
    /// looks pass is as much an interruption by the estate's own word, and then takes M.
    /// </summary>
    public static TimeSpan Of(ProbeDefinition probe) => (Rhythm(probe) * Looks(probe)) + probe.Timeout;

    /// <summary>
    /// As above; where several vantage points vote, until all that decide have seen it: the last of them takes as long as the first, its word is on its way (and a silent
    /// one's last word holds) for <see cref="OtherSights.SilentAfter"/>, and the one that decides confirms what it hears with looks of its own.
    /// </summary>
    /// <param name="several">Whether more than one vantage point votes, or may.</param>
    public static TimeSpan Of(ProbeDefinition probe, bool several) => several ? SightLateness(probe) + Of(probe) : Of(probe);

    /// <summary>How old the truth behind another vantage point's word may be: it says nothing before it has confirmed it, and its word votes until it is silent.</summary>
    internal static TimeSpan SightLateness(ProbeDefinition probe) => Of(probe) + OtherSights.SilentAfter;

    private static TimeSpan Rhythm(ProbeDefinition probe) => probe.Interval > probe.Timeout ? probe.Interval : probe.Timeout;

    private static int Looks(ProbeDefinition probe) => Math.Max(1, Math.Max(probe.Confirmations, probe.ConfirmationsOf));
}
