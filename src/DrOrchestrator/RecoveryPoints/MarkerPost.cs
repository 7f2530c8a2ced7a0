using System.Net;
using System.Text;
using System.Text.Json;
using DrOrchestrator.Time;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>What the system said to one marker.</summary>
internal readonly record struct MarkerAnswer(MarkerFate Fate, long? Position);

/// <summary>Posts markers over kept connections, each at most once (see <see cref="MarkerContent"/>).</summary>
internal sealed class MarkerPost(ProcessClock clock, TimeSpan patience) : IDisposable
{
    private const int LargestAnswer = 16 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromSeconds(30),
        MaxResponseHeadersLength = 16,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LargestAnswer,
    };

    /// <summary>Sends it; never throws for what the system does. Only an answer that says so is acknowledged or refused.</summary>
    public async Task<MarkerAnswer> SendAsync(Uri url, string id, Marker marker)
    {
        using var content = new MarkerContent(Body(id, marker));
        using var deadline = new CancellationTokenSource(patience, clock.Provider);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
            using var response = await _client.SendAsync(request, deadline.Token).ConfigureAwait(false);
            return Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or System.Net.Sockets.SocketException)
        {
            return new MarkerAnswer(content.HasStarted ? MarkerFate.InDoubt : MarkerFate.Refused, null);
        }
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Body(string id, Marker marker) => Encoding.UTF8.GetBytes(
        FormattableString.Invariant($"{{\"id\":\"{id}\",\"kind\":\"marker\",\"sentAt\":\"{marker.SentAt.ToRfc3339()}\",\"amount\":{marker.Number}}}"));

    private static MarkerAnswer Read(HttpStatusCode status, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new MarkerAnswer(MarkerFate.InDoubt, null);
            }

            return status switch
            {
                HttpStatusCode.Created or HttpStatusCode.OK when root.TryGetProperty("position", out var p) && p.TryGetInt64(out var position) =>
                    new MarkerAnswer(MarkerFate.Acknowledged, position),
                HttpStatusCode.ServiceUnavailable when root.TryGetProperty("refused", out var refused) && refused.ValueKind == JsonValueKind.True =>
                    new MarkerAnswer(MarkerFate.Refused, null),
                _ => new MarkerAnswer(MarkerFate.InDoubt, null),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new MarkerAnswer(MarkerFate.InDoubt, null);
        }
    }
}
