using System.Globalization;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>lqa:</c> of a system or a service probe: one floor of each kind at most.</summary>
internal static class LqaReader
{
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);

    /// <summary>The floors of a probe: its own, and those of its system it has no own of.</summary>
    public static IReadOnlyList<LqaFloor> Floors(StrictMap map, ProbeRole role, ProtectedSystem? system, string? function)
    {
        if (role is not ProbeRole.Service && map.Has("lqa"))
        {
            map.Problems.Add(map.PlaceOf("lqa"), "'lqa' in a probe that is no service probe", "service probes only", "Remove 'lqa', or make it a service probe.");
        }

        var own = Floors(map);
        var isCritical = role is ProbeRole.Service && system is not null && system.Functions.Any(f => f.Critical && f.Name == function);
        return isCritical ? [.. own, .. system!.Floors.Where(floor => own.All(o => o.Kind != floor.Kind))] : own;
    }

    public static IReadOnlyList<LqaFloor> Floors(StrictMap map)
    {
        if (map.Map("lqa", required: false, "LQA floors") is not { } lqa)
        {
            return [];
        }

        var floors = new List<LqaFloor>();
        if (lqa.Map("latency", required: false, "a latency floor") is { } latency)
        {
            var share = latency.Parse("quantile", "a percentage such as p95 or p99.9", TryParseQuantile, 0.95);
            floors.Add(new LqaFloor(LqaKind.Latency, share, latency.Duration("at-most", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)), Over(latency), Interrupts(latency, usually: false)));
            latency.Close();
        }

        if (lqa.Map("success", required: false, "a success floor") is { } success)
        {
            var share = success.Parse("at-least", "a percentage such as 99%", TryParsePercent, 0.99);
            floors.Add(new LqaFloor(LqaKind.Success, share, null, Over(success), Interrupts(success, usually: true)));
            success.Close();
        }

        if (lqa.Map("throughput", required: false, "a throughput floor") is { } throughput)
        {
            var least = throughput.Parse("at-least", "a number over 0, in the unit the probe measures", TryParsePositive, 1.0);
            floors.Add(new LqaFloor(LqaKind.Throughput, least, null, Over(throughput), Interrupts(throughput, usually: true)));
            throughput.Close();
        }

        lqa.Close();
        return floors;
    }

    private static TimeSpan Over(StrictMap map) => map.Duration("over", ShortestWindow, LongestWindow);

    private static bool Interrupts(StrictMap map, bool usually) =>
        map.Parse("interruption", "true, false", StrictMap.TryParseFlag, otherwise: usually, required: false);

    private static bool TryParseQuantile(string text, out double share)
    {
        share = 0;
        return text.StartsWith('p') && TryParsePercent(text[1..] + "%", out share);
    }

    private static bool TryParsePercent(string text, out double share)
    {
        share = 0;
        if (!text.EndsWith('%') || !decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent is <= 0 or > 100)
        {
            return false;
        }

        share = (double)(percent / 100);
        return true;
    }

    private static bool TryParsePositive(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value > 0 && double.IsFinite(value);
}
