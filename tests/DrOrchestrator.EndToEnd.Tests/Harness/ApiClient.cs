using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Web.Api;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>The server's API with one person's token, as a program of somebody else would use it.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(Uri server, string token)
    {
        _http = new HttpClient { BaseAddress = new Uri(server, "/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<JsonNode> StatusAsync() => (await _http.GetFromJsonAsync<JsonNode>("status"))!;

    /// <summary>Starts a run; a refusal is a failure of the test.</summary>
    /// <param name="closes">The run whose duties it closes.</param>
    public async Task<long> StartAsync(string plan, string reason = "An end-to-end test", CancellationToken cancellationToken = default, long? closes = null, string mode = "live")
    {
        JsonObject body = new() { ["plan"] = plan, ["mode"] = mode, ["reason"] = reason };
        if (closes is { } run)
        {
            body["closes"] = run;
        }

        using HttpResponseMessage answer = await _http.PostAsJsonAsync("drills", body, cancellationToken);
        return answer.StatusCode == HttpStatusCode.Created
            ? (await answer.Content.ReadFromJsonAsync(ApiJson.Default.RunView, cancellationToken))!.Id
            : throw new InvalidOperationException($"the run was refused: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    public async Task<RunView> RunAsync(long run, CancellationToken cancellationToken = default) =>
        (await _http.GetFromJsonAsync($"drills/{run}", ApiJson.Default.RunView, cancellationToken))!;

    public async Task<IReadOnlyList<RunView>> RunsAsync() => (await _http.GetFromJsonAsync("drills", ApiJson.Default.IReadOnlyListRunView))!;

    public async Task<IReadOnlyList<PendingItem>> PendingAsync(CancellationToken cancellationToken = default) =>
        (await _http.GetFromJsonAsync("pending", ApiJson.Default.IReadOnlyListPendingItem, cancellationToken))!;

    public async Task<HttpStatusCode> AnswerAsync(long run, string item, bool confirmed, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(
            $"drills/{run}/answers/{Uri.EscapeDataString(item)}", new { confirmed, note = "an end-to-end test" }, cancellationToken);
        return answer.StatusCode;
    }

    /// <summary>The audit pack of a run as a file.</summary>
    public async Task ExportAsync(long run, string file)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync("evidence/packs", new { run });
        answer.EnsureSuccessStatusCode();
        await using FileStream target = File.Create(file);
        await answer.Content.CopyToAsync(target);
    }

    /// <summary>The evidence key's fingerprint.</summary>
    public async Task<string> FingerprintAsync() => (await _http.GetFromJsonAsync<JsonNode>("evidence/key"))!["fingerprint"]!.GetValue<string>();

    /// <summary>Events of a run after number <paramref name="after"/>; ends with the stream, which a server that dies ends with an exception.</summary>
    public async IAsyncEnumerable<RunEvent> EventsAsync(long run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"drills/{run}/events?after={after}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var events = SseParser.Create(body, (_, data) => data.IsEmpty ? null : JsonSerializer.Deserialize(data, ApiJson.Default.RunEvent));
        await foreach (SseItem<RunEvent?> item in events.EnumerateAsync(cancellationToken))
        {
            if (item.Data is { } happened)
            {
                yield return happened;
            }
        }
    }

    public void Dispose() => _http.Dispose();
}
