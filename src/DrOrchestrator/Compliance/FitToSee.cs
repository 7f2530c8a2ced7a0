using DrOrchestrator.Estates;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>Verdict rule 9: probes must be able to see what they are asked to judge. Pure.</summary>
public static class FitToSee
{
    /// <summary>What the service probes of a system cannot see, in words; empty when they are fit.</summary>
    public static IReadOnlyList<string> BlindSpots(TierLimits limits, IReadOnlyList<ProbeDefinition> serviceProbes, RuleTable? rules = null)
    {
        rules ??= RuleTable.Current;
        var (longestDetection, longestInterval) = (limits.Rto * rules.DetectionShareOfRto, limits.YearlyDowntime * rules.IntervalShareOfDowntime);
        var spots = new List<string>();
        foreach (var probe in serviceProbes)
        {
            var detection = (probe.Interval * probe.Confirmations) + probe.Timeout;
            if (detection > longestDetection)
            {
                spots.Add($"probe {probe.Name} may take {Figures.Span(detection)} to confirm an interruption; a quarter of the RTO is {Figures.Span(longestDetection)}");
            }

            if (probe.Interval > longestInterval)
            {
                spots.Add($"probe {probe.Name} looks every {Figures.Span(probe.Interval)}; 1% of the yearly downtime limit is {Figures.Span(longestInterval)}");
            }
        }

        if (limits.Tier >= rules.TwoVantagePointsFromTier)
        {
            spots.Add($"tier {limits.Tier} wants two vantage points; there is one");
        }

        return spots;
    }

    /// <summary>
    /// Recovery points that look too seldom for the RPO in force: what was written right after a look is seen by the next one, an interval and a timeout later. Log
    /// positions where there are any, since verdicts take them before copies. No interval is short enough for an RPO of zero: that is proven by synchrony (rule 8).
    /// </summary>
    public static IReadOnlyList<string> LateLooks(TierLimits limits, IEnumerable<RecoveryPointDefinition> recoveryPoints)
    {
        var ceiling = limits.RpoCeiling;
        var judged = recoveryPoints.ToLookup(point => point.Settings is LogPositionSettings);
        return ceiling <= TimeSpan.Zero ? [] :
        [
            .. judged[judged.Contains(true)].Where(point => point.Interval + point.Timeout > ceiling).Select(point =>
                $"recovery point {point.Name} may see a loss {Figures.Span(point.Interval + point.Timeout)} late; the limit of the RPO is {Figures.Span(ceiling)}"),
        ];
    }
}
