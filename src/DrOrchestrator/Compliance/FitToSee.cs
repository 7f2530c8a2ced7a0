using DrOrchestrator.Estates;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>Verdict rule 9: probes must be able to see what they are asked to judge. Pure.</summary>
public static class FitToSee
{
    /// <summary>What the service probes of a system cannot see, in words; empty when they are fit.</summary>
    public static IReadOnlyList<string> BlindSpots(TierLimits limits, IReadOnlyList<ProbeDefinition> serviceProbes)
    {
        var spots = new List<string>();
        foreach (var probe in serviceProbes)
        {
            var detection = (probe.Interval * probe.Confirmations) + probe.Timeout;
            if (detection > limits.Rto / 4)
            {
                spots.Add($"probe {probe.Name} may take {Figures.Span(detection)} to confirm an interruption; a quarter of the RTO is {Figures.Span(limits.Rto / 4)}");
            }

            if (probe.Interval > limits.YearlyDowntime / 100)
            {
                spots.Add($"probe {probe.Name} looks every {Figures.Span(probe.Interval)}; 1% of the yearly downtime limit is {Figures.Span(limits.YearlyDowntime / 100)}");
            }
        }

        if (limits.Tier >= 5)
        {
            spots.Add($"tier {limits.Tier} wants two vantage points; there is one");
        }

        return spots;
    }
}
