using System.Globalization;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>overlays:</c>: rules of the institution's own beside table 2.</summary>
internal static class OverlayReader
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static LimitOverlay Overlay(StrictMap map)
    {
        var overlay = new LimitOverlay(
            map.Name("name"),
            map.Text("source"),
            map.OptionalInteger("tier", 3, 6),
            map.OptionalDuration("rto", TimeSpan.FromSeconds(1), Longest),
            map.OptionalDuration("rpo", TimeSpan.Zero, Longest),
            map.OptionalDuration("downtime", TimeSpan.Zero, Longest),
            map.Parse<decimal?>("availability", "a percentage such as 99.95%", TryParsePercent, null, required: false));
        if (overlay is { Rto: null, Rpo: null, YearlyDowntime: null, AvailabilityPercent: null })
        {
            map.Problems.Add(map.Place, "an overlay without a limit", "rto, rpo, downtime, availability", "State at least one of them.");
        }

        return overlay;
    }

    private static bool TryParsePercent(string text, out decimal? percent)
    {
        percent = text.EndsWith('%') && decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 100 ? value : null;
        return percent is not null;
    }
}
