using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Compliance;

/// <summary>Verdict rule 9: probes must be able to see what they are asked to judge. Pure.</summary>
public static class FitToSee
{
    /// <summary>What the service probes of a system cannot see, in words; empty when they are fit.</summary>
    /// <param name="vantagePoints">Those declared, and which of them vote now; none where the server is the only place that looks.</param>
    public static IReadOnlyList<string> BlindSpots(
        TierLimits limits, IReadOnlyList<ProbeDefinition> serviceProbes, IReadOnlyList<VantageStanding>? vantagePoints = null, RuleTable? rules = null)
    {
        rules ??= RuleTable.Current;
        vantagePoints ??= [];
        var several = VantageReasons.Several(vantagePoints);
        var (longestDetection, longestInterval) = (limits.Rto * rules.DetectionShareOfRto, limits.YearlyDowntime * rules.IntervalShareOfDowntime);
        var spots = new List<string>();
        foreach (var probe in serviceProbes)
        {
            var detection = DetectionBound.Of(probe, several);
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
            spots.AddRange(OfOneVantagePoint(limits.Tier, vantagePoints));
        }

        return spots;
    }

    /// <summary>Whoever looks from one place only takes the failures of that place for the target's; two that vote, and control targets, tell them apart.</summary>
    private static IEnumerable<string> OfOneVantagePoint(int tier, IReadOnlyList<VantageStanding> vantagePoints)
    {
        var voting = vantagePoints.Where(point => point.Votes).ToList();
        if (voting.Count < 2)
        {
            yield return vantagePoints.Count < 2
                ? $"tier {tier} wants two vantage points; there is one"
                : $"tier {tier} wants two vantage points; {voting.FirstOrDefault()?.Name ?? "none"} alone votes now{string.Concat(vantagePoints.Where(point => !point.Votes).Select(NotVoting))}";
        }

        if ((vantagePoints.FirstOrDefault(point => point.Decides)?.Controls ?? 0) == 0)
        {
            yield return vantagePoints.FirstOrDefault(point => point.Decides) is { } decides
                ? $"vantage point {decides.Name}, which decides, has no control target; it takes a failure of its own network for one of the service"
                : "no control target is declared; the server takes a failure of its own network for one of the service";
        }

        foreach (var point in voting.Where(point => !point.Decides && point.Controls == 0))
        {
            yield return $"vantage point {point.Name}, which votes, has no control target; that it sees something down does not count while the server cannot look";
        }
    }

    private static string NotVoting(VantageStanding point) => $"; vantage point {point.Name} does not vote: {point.Why}";

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
