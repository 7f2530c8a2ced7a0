using System.Globalization;
using System.Net.Http.Headers;

namespace DrOrchestrator.Benchmarks;

/// <summary>Figures a server tells of itself.</summary>
internal static class ServerMetrics
{
    /// <summary>One sample of <c>/metrics</c>; NaN when it has none.</summary>
    public static async Task<double> ReadAsync(Server server, string sample)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(server.Data, "operator.token"))).Trim());
        var page = await client.GetStringAsync($"{server.Url}/metrics");
        var line = page.Split('\n').FirstOrDefault(text => text.StartsWith(sample + " ", StringComparison.Ordinal));
        return line is null ? double.NaN : double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    public static Task<double> LatenessAsync(Server server, string quantile = "0.99") =>
        ReadAsync(server, $"dro_probe_lateness_seconds{{lane=\"answering\",quantile=\"{quantile}\"}}");
}
