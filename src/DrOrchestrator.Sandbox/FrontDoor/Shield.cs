using System.Net;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>Networks that the front door does not serve: what a provider's scrubbing, or a black-hole route, does to the sources of a flood.</summary>
internal sealed class Shield
{
    private readonly VersionedDocument _document;
    private volatile IReadOnlyList<IPNetwork> _blocked;

    public Shield(string path)
    {
        _document = VersionedDocument.ReadOrCreate(path, new JsonObject { ["blocked"] = new JsonArray(), ["by"] = "sandbox" });
        _blocked = Networks(_document.Current) ?? [];
    }

    public VersionedDocument Document => _document;

    public bool Blocks(IPAddress? source) => source is not null && _blocked.Any(network => network.Contains(source.MapToIPv4()));

    /// <summary>The networks of a body; null where one of them is none.</summary>
    public static IReadOnlyList<IPNetwork>? Networks(JsonObject? body)
    {
        if (body?["blocked"] is not JsonArray list)
        {
            return null;
        }

        var networks = new List<IPNetwork>();
        foreach (JsonNode? item in list)
        {
            if (item is not JsonValue value || !value.TryGetValue(out string? text) || !IPNetwork.TryParse(text, out IPNetwork network))
            {
                return null;
            }

            networks.Add(network);
        }

        return networks;
    }

    public bool TryChange(string etag, JsonObject body)
    {
        if (!_document.TryChange(etag, body))
        {
            return false;
        }

        _blocked = Networks(body)!;
        return true;
    }
}
