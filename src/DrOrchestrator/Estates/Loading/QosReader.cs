using System.Globalization;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>qos:</c> and <c>products:</c> of a system.</summary>
internal static class QosReader
{
    private static readonly string[] BasisKeys = ["functions", "users", "regions", "hours"];

    public static QosPlan? Qos(StrictMap system)
    {
        if (system.Map("qos", required: false, "the quality of service") is not { } map)
        {
            return null;
        }

        var (forecast, basis) = Forecast(map);
        var (targets, agreedWith) = Targets(map);
        var plan = new QosPlan(forecast, basis, targets, agreedWith, map.Text("source"), map.Text("signer"), Day(map, "review-by"));
        map.Close();
        return plan;
    }

    public static IReadOnlyList<ProductUse> Products(StrictMap system) => StrictMap.ReadAll(
        system.Items("products", required: false), "a product", system.Problems, item => new ProductUse(item.Text("name"), item.Integer("tier", 1, 6), item.Text("proof")));

    private static (QosFigures Figures, IReadOnlyDictionary<string, string> Basis) Forecast(StrictMap qos)
    {
        var basis = new Dictionary<string, string>(StringComparer.Ordinal);
        if (qos.Map("forecast", required: true, "a forecast") is not { } map)
        {
            return (new QosFigures(null, null, 0, null), basis);
        }

        var figures = Figures(map);
        foreach (var key in BasisKeys)
        {
            basis[key] = map.Text(key);
        }

        map.Close();
        return (figures, basis);
    }

    private static (QosFigures? Figures, string? AgreedWith) Targets(StrictMap qos)
    {
        if (qos.Map("targets", required: false, "targets") is not { } map)
        {
            return (null, null);
        }

        var targets = (Figures(map), map.Text("agreed-with"));
        map.Close();
        return targets;
    }

    private static QosFigures Figures(StrictMap map)
    {
        var availability = map.Parse<decimal?>("availability", "a percentage such as 99.95%", TryParsePercent, null, required: false);
        var throughput = map.Parse<double?>("throughput", "a number over 0, in the unit the probe measures", TryParsePositive, null, required: false);
        var (latency, quantile) = ((TimeSpan?)null, 0.95);
        if (map.Map("latency", required: false, "a latency") is { } of)
        {
            quantile = of.Parse("quantile", "p50, p90, p95, p99 or p99.9", TryParseQuantile, 0.95, required: false);
            latency = of.Duration("at-most", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
            of.Close();
        }

        if (availability is null && throughput is null && latency is null && !map.IsEmpty)
        {
            map.Problems.Add(map.Place, $"{map.What} without a figure", "availability, latency, throughput", "State at least one of them.");
        }

        return new QosFigures(availability, latency, quantile, throughput);
    }

    internal static DateOnly Day(StrictMap map, string key) => map.Parse(key, "a day such as 2027-06-30", TryParseDay, new DateOnly(2000, 1, 1));

    private static bool TryParseDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static bool TryParsePercent(string text, out decimal? percent)
    {
        percent = text.EndsWith('%') && decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 100 ? value : null;
        return percent is not null;
    }

    private static bool TryParsePositive(string text, out double? number)
    {
        number = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > 0 && double.IsFinite(value) ? value : null;
        return number is not null;
    }

    private static bool TryParseQuantile(string text, out double quantile)
    {
        quantile = 0;
        return text.StartsWith('p') && double.TryParse(text[1..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and < 100 && (quantile = percent / 100) > 0;
    }
}
