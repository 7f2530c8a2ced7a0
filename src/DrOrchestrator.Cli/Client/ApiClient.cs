using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Client;

/// <summary>The HTTP API as one person sees it: every call carries that person's token.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _url;

    public ApiClient(ServerAddress server)
    {
        _url = server.Url;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = !server.Url.IsLoopback, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = new Uri(server.Url, "/api/v1/"),
            Timeout = TimeSpan.FromSeconds(100),
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
    }

    /// <summary>Reads what servers of any version write: names in any case, durations in any form, words for enumerations.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new TolerantTimeSpanConverter() } };

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => Read<T>(await GetAsync(path, cancellationToken).ConfigureAwait(false));

    public async Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    public async Task<JsonNode> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Posts and copies the answer's body to <paramref name="target"/>.</summary>
    public async Task DownloadAsync(string path, JsonObject body, Stream target, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, cancellationToken).ConfigureAwait(false);
        await response.Content.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Events of a run from <paramref name="after"/> on; ends when the server ends the stream or the connection breaks.</summary>
    public async IAsyncEnumerable<RunEvent> EventsAsync(long run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"drills/{run}/events?after={after}"), cancellationToken).ConfigureAwait(false);
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var events = SseParser.Create(body, (_, data) => data.IsEmpty ? null : JsonSerializer.Deserialize<RunEvent>(data, Json)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (events.ConfigureAwait(false))
        {
            while (await NextAsync(events).ConfigureAwait(false))
            {
                if (events.Current.Data is { } happened)
                {
                    yield return happened;
                }
            }
        }
    }

    public static T Read<T>(JsonNode node) => node.Deserialize<T>(Json) ?? throw new InvalidOperationException("The server answered null where a document was expected.");

    public void Dispose() => _http.Dispose();

    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<RunEvent?>> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or SocketException)
        {
            return false;
        }
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync<JsonNode>(Json, cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidOperationException($"The server answered {response.RequestMessage?.RequestUri} with null.");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            HttpResponseMessage response;
            try
            {
                response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                throw new CommandFailedException(ExitCodes.Internal, $"No server answers at {_url} ({e.Message.TrimEnd('.')}). Is dro serve running? Start it, or name another server.");
            }

            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await ProblemAsync(response, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<ApiException> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        JsonObject? problem;
        try
        {
            problem = JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            problem = null;
        }

        var code = problem?["code"]?.ToString() ?? "";
        var detail = problem?["detail"]?.ToString() ?? problem?["title"]?.ToString() ?? $"the server answered HTTP {status} without a reason";
        return new ApiException(status, code, status == 401 ? $"The server does not know this token ({detail.TrimEnd('.')}). Give --token-file FILE with a valid token." : detail);
    }
}
