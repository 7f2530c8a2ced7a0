using System.Globalization;
using System.Text.Json;

namespace DrOrchestrator.Probes.Prometheus;

/// <summary>What Prometheus answers to an instant query.</summary>
internal abstract record PrometheusAnswer
{
    /// <summary>Values; a scalar is one without labels.</summary>
    /// <param name="Warnings">Its own words; empty when it had none.</param>
    public sealed record Values(IReadOnlyList<PrometheusSample> Samples, IReadOnlyList<string> Warnings) : PrometheusAnswer;

    /// <summary>No values, and why.</summary>
    /// <param name="Why">For people.</param>
    public sealed record Failed(string Why) : PrometheusAnswer;

    /// <summary>Reads the body of an answer with that status.</summary>
    public static PrometheusAnswer Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return Text(root, "status") switch
            {
                "success" => Data(root),
                "error" => new Failed($"{Text(root, "errorType")}: {Text(root, "error")}"),
                _ => new Failed($"HTTP {status} without a result"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return new Failed($"HTTP {status}, and not in the form of Prometheus");
        }
    }

    private static PrometheusAnswer Data(JsonElement root)
    {
        var data = root.GetProperty("data");
        var result = data.GetProperty("result");
        List<string> warnings = [.. Words(root, "warnings"), .. Words(root, "infos")];
        return Text(data, "resultType") switch
        {
            "vector" => new Values([.. result.EnumerateArray().Select(series => Sample(series.GetProperty("metric"), series.GetProperty("value")))], warnings),
            "scalar" => new Values([Sample(default, result)], warnings),
            var other => new Failed($"the query has a {other} as its result, not an instant vector or a scalar"),
        };
    }

    private static PrometheusSample Sample(JsonElement labels, JsonElement value) => new(
        labels.ValueKind == JsonValueKind.Object ? string.Join(", ", labels.EnumerateObject().Select(label => $"{label.Name}={label.Value.GetString()}")) : "",
        DateTimeOffset.UnixEpoch.AddSeconds(value[0].GetDouble()),
        Number(value[1].GetString()!));

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IEnumerable<string> Words(JsonElement root, string name) =>
        root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(word => word.GetString() ?? "") : [];
}

/// <summary>One value.</summary>
/// <param name="Labels">For people.</param>
/// <param name="At">When it was evaluated, by the clock of Prometheus; not when it was scraped.</param>
internal sealed record PrometheusSample(string Labels, DateTimeOffset At, double Value);
