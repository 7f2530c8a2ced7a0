using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>What became of a write.</summary>
internal enum WriteFate
{
    Acknowledged,
    Refused,
    InDoubt,
}

/// <summary>One user of the ledger: a write at a time, each over a connection of its own.</summary>
internal sealed class LedgerWriter(Uri ledger) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false })
    {
        BaseAddress = ledger,
        Timeout = Limit,
    };

    public async Task<WriteFate> WriteAsync(string id)
    {
        var entry = new { id, kind = "user", sentAt = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), amount = 1 };
        try
        {
            using HttpResponseMessage answer = await _http.PostAsJsonAsync("ledger/entries", entry);
            return answer.StatusCode switch
            {
                HttpStatusCode.Created or HttpStatusCode.OK => WriteFate.Acknowledged,
                HttpStatusCode.ServiceUnavailable when (await answer.Content.ReadFromJsonAsync<JsonNode>())?["refused"]?.GetValue<bool>() == true => WriteFate.Refused,
                _ => WriteFate.InDoubt,
            };
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return WriteFate.Refused;
        }
        catch (Exception e) when (NoAnswer.Is(e))
        {
            return WriteFate.InDoubt;
        }
    }

    public void Dispose() => _http.Dispose();
}
