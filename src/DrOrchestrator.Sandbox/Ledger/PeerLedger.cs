using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>What the other site's store says of itself.</summary>
internal sealed record PeerHistory(string Role, long Epoch, IReadOnlyList<Fork> Forks);

/// <summary>Reads the other site's store over its Service.</summary>
internal sealed class PeerLedger(Uri url, TimeSpan patience) : IDisposable
{
    private readonly HttpClient _client = new(Relay.NewHandler()) { Timeout = patience };

    public Uri Url => url;

    /// <summary>Its role, epoch and promotions; null when it does not answer.</summary>
    public async Task<PeerHistory?> HistoryAsync()
    {
        if (await GetAsync("/forks").ConfigureAwait(false) is not { } json
            || json.Text("role") is not { } role || json.Integer("epoch") is not { } epoch || json["forks"] is not JsonArray list)
        {
            return null;
        }

        var forks = list.OfType<JsonObject>().Select(f => new Fork(f.Integer("position") ?? 0, f.Integer("epoch") ?? 0)).ToList();
        return new PeerHistory(role, epoch, forks);
    }

    /// <summary>Its checksum at a position; null when its log is shorter or it does not answer.</summary>
    public async Task<string?> ChecksumAsync(long position) =>
        (await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/ledger/checksum?position={position}")).ConfigureAwait(false))?.Text("checksum");

    public void Dispose() => _client.Dispose();

    private async Task<JsonObject?> GetAsync(string path)
    {
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri(url, path)).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            return response.IsSuccessStatusCode ? JsonWire.ParseObject(body) : null;
        }
        catch (Exception e) when (CallFailure.Is(e))
        {
            return null;
        }
    }
}
