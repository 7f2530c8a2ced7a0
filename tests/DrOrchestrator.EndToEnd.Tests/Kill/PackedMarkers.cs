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
        string[] rows = ReadObjects(pack, $"markers-{leg}.csv").Single();
        rows[0].Should().Be("number,sentAt,answeredAt,fate,position");
        return rows[1..].Select(row => row.Split(',')).ToDictionary(row => long.Parse(row[0], CultureInfo.InvariantCulture), row => Enum.Parse<MarkerFate>(row[3]));
    }

    /// <summary>The lines of each object of that name, in the order of the log.</summary>
    public static IReadOnlyList<string[]> ReadObjects(string pack, string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(pack);
        return
        [
            .. Lines(zip, "payloads.jsonl")
                .SelectMany(line => Objects(JsonNode.Parse(line)!["payload"]))
                .Where(kept => kept["name"]?.GetValueKind() == System.Text.Json.JsonValueKind.String && kept["name"]!.GetValue<string>() == name && kept["object"] is not null)
                .Select(kept => Lines(zip, $"objects/{kept["object"]!.GetValue<string>()}")),
        ];
    }

    /// <summary>What the records say, a line of JSON each.</summary>
    public static IReadOnlyList<string> ReadPayloads(string pack)
    {
        using ZipArchive zip = ZipFile.OpenRead(pack);
        return Lines(zip, "payloads.jsonl");
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
