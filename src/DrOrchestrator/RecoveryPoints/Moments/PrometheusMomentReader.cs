using System.Globalization;
using System.Text.Json;
using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary><c>prometheus</c>: a query whose value is a moment or an age. Of several series the one that is worst counts.</summary>
internal sealed class PrometheusMomentReader(MomentWeb web) : IMomentReader
{
    public string Kind => "prometheus";

    public Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var settings = (PrometheusPointSettings)definition.Settings;
        var address = new Uri($"{settings.Url.AbsoluteUri.TrimEnd('/')}/api/v1/query?query={Uri.EscapeDataString(settings.Query)}");
        return web.GetAsync(address, settings.Authorization, settings.Tls, definition.Timeout, answer => Read(answer, settings), cancellationToken);
    }

    internal static MomentResult Read(WebAnswer answer, PrometheusPointSettings settings)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var data = document.RootElement.GetProperty("data");
            var (kind, result) = (data.GetProperty("resultType").GetString(), data.GetProperty("result"));
            List<JsonElement> values = kind switch
            {
                "scalar" => [result],
                "vector" => [.. result.EnumerateArray().Select(series => series.GetProperty("value"))],
                _ => throw new FormatException($"the query gives a {kind}"),
            };
            if (values.Count == 0)
            {
                return new MomentResult.Empty(answer.Received, $"the query at {answer.Name} has no value");
            }

            var moments = values.Select(value => Moment(value, settings.GivesAge)).ToList();
            if (moments.Contains(null))
            {
                return new MomentResult.Failed(answer.Received, $"a value of the query at {answer.Name} is no {(settings.GivesAge ? "age in seconds" : "moment in seconds since 1970")}");
            }

            var asked = MomentText.FromUnix(values[0][0].GetDouble());
            var what = moments.Count == 1 ? $"the one of {answer.Name}" : string.Create(CultureInfo.InvariantCulture, $"the oldest of {moments.Count} series of {answer.Name}");
            return new MomentResult.Read(answer.Received, moments.Min()!.Value, what, asked is { } at ? answer.Ahead(at) : null);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return new MomentResult.Failed(answer.Received, $"the answer of {answer.Name} is none of Prometheus: {exception.Message}");
        }
    }

    private static DateTimeOffset? Moment(JsonElement value, bool isAge) =>
        double.TryParse(value[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? MomentText.FromUnix(isAge ? value[0].GetDouble() - number : number)
            : null;
}
