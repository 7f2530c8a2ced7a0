using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests;

/// <summary>A plain HTTP client of the lab: what its users are.</summary>
internal sealed class Wire(Uri url, string? token = null) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(20) };

    public static string Entry(string id, string kind = "user", long amount = 1) =>
        $$"""{"id":"{{id}}","kind":"{{kind}}","sentAt":"2026-01-01T00:00:00Z","amount":{{amount}}}""";

    public async Task<(int Status, JsonObject Body, HttpResponseHeaders Headers)> SendAsync(
        string method, string path, string? body = null, string? epoch = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (epoch is not null)
        {
            request.Headers.Add("Ledger-Epoch", epoch);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using HttpResponseMessage response = await AskAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        text.Should().NotBeEmpty("HTTP {0} of {1} {2} must say what it means", (int)response.StatusCode, method, path);
        return ((int)response.StatusCode, JsonNode.Parse(text)!.AsObject(), response.Headers);
    }

    public async Task<JsonObject> GetAsync(string path) => (await SendAsync("GET", path)).Body;

    public Task<(int Status, JsonObject Body, HttpResponseHeaders Headers)> AppendAsync(string id, string? epoch = null) =>
        SendAsync("POST", "/ledger/entries", Entry(id), epoch);

    public async Task<long> PositionAsync() => (long)(await GetAsync("/status"))["position"]!;

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request)
    {
        try
        {
            return await _client.SendAsync(request);
        }
        catch (SocketException e)
        {
            // A connection that is reset right after it was made: the handler lets it through bare.
            throw new HttpRequestException(e.Message, e);
        }
    }
}
