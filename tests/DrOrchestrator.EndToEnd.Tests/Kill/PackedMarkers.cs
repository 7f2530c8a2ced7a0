using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>What the product itself has on record of a leg's markers, as an auditor finds it: the list that an audit pack holds as an object.</summary>
internal static class PackedMarkers
{
    /// <summary>Fate by number.</summary>
    public static IReadOnlyDictionary<long, MarkerFate> Read(string pack, string leg)
    {
        using ZipArchive zip = ZipFile.OpenRead(pack);
        string hash = Lines(zip, "payloads.jsonl")
            .SelectMany(line => Objects(JsonNode.Parse(line)!["payload"]))
            .Single(kept => kept["name"]?.GetValueKind() == System.Text.Json.JsonValueKind.String && kept["name"]!.GetValue<string>() == $"markers-{leg}.csv")["object"]!.GetValue<string>();
        string[] rows = Lines(zip, $"objects/{hash}");
        rows[0].Should().Be("number,sentAt,answeredAt,fate,position");
        return rows[1..].Select(row => row.Split(',')).ToDictionary(row => long.Parse(row[0], CultureInfo.InvariantCulture), row => Enum.Parse<MarkerFate>(row[3]));
    }

    private static string[] Lines(ZipArchive zip, string entry)
    {
        using var reader = new StreamReader(zip.GetEntry(entry)!.Open());
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject one => one.Select(property => property.Value).SelectMany(Objects).Prepend(one),
        JsonArray many => many.SelectMany(Objects),
        _ => [],
    };
}
