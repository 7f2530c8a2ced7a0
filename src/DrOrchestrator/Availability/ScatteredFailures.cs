using System.Collections.Immutable;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability;

/// <summary>
/// N failures among M results confirm an interruption, in a row or not. It begins at the first of those failures; good results between them stay on record as
/// contradictions, so that the lower bound of downtime leaves them out. Pure.
/// </summary>
internal static class ScatteredFailures
{
    /// <summary>The results to remember after this one: none unless the service is up and a failure is among the newest.</summary>
    public static ImmutableArray<Sighting> After(DetectorState state, DetectorRules rules, ProbeResult result)
    {
        if (rules.Of <= rules.Confirmations || state.State != IntervalState.Up || (state.Scattered.IsEmpty && result.Outcome == ProbeOutcome.Up))
        {
            return [];
        }

        var failed = result.Outcome == ProbeOutcome.Down || result.Own == ProbeOutcome.Down;
        var opposite = failed ? state.LastGoodStartedAt : state.LastFailedStartedAt;
        var seen = state.Scattered.Add(new Sighting(failed ? ProbeOutcome.Down : ProbeOutcome.Up, opposite ?? result.StartedAt, result.StartedAt, result.EndedAt, result.Reason)
        {
            IsDisputed = result.Outcome == ProbeOutcome.Degraded,
        });
        var first = Math.Max(0, seen.Length - rules.Of);
        while (first < seen.Length && seen[first].Outcome == ProbeOutcome.Up)
        {
            first++;
        }

        return seen.RemoveRange(0, first);
    }

    /// <summary>The first failure of an interruption, or null while there are too few, or while other vantage points do not agree with the newest.</summary>
    public static Sighting? Confirm(ImmutableArray<Sighting> scattered, DetectorRules rules, ProbeResult newest) =>
        newest.Outcome != ProbeOutcome.Down || scattered.IsEmpty || scattered.Count(sighting => sighting.Outcome == ProbeOutcome.Down) < rules.Confirmations ? null
        : scattered.Any(sighting => sighting.IsDisputed) ? scattered[0] with { EndedAt = newest.EndedAt }
        : scattered[0];

    /// <summary>Each run of good results between failures: from the start of the failure before it to the end of the failure after it.</summary>
    public static IReadOnlyList<Blip> GoodAmong(ImmutableArray<Sighting> scattered, string subject)
    {
        var blips = new List<Blip>();
        for (var i = 1; i < scattered.Length; i++)
        {
            if (scattered[i].Outcome == ProbeOutcome.Down && scattered[i - 1].Outcome == ProbeOutcome.Up)
            {
                blips.Add(new Blip(subject, IntervalState.Down, scattered[i].Earliest, scattered[i].EndedAt));
            }
        }

        // The start of the newest good result before a failure is where the good run may have ended; it began after the failure before.
        return [.. blips.Select(blip => blip with { From = scattered.Last(s => s.Outcome == ProbeOutcome.Down && s.StartedAt < blip.From).StartedAt })];
    }
}
