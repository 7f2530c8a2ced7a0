using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Evidence;

/// <summary>A stored header read back.</summary>
internal sealed record StoredHeader(long Sequence, DateTimeOffset Time, string Kind, string Actor, long? Run, string? System, string PayloadHash)
{
    public static StoredHeader Parse(byte[] header)
    {
        var json = JsonNode.Parse(header)!.AsObject();
        return new StoredHeader(
            long.Parse((string)json["seq"]!, CultureInfo.InvariantCulture),
            DateTimeOffset.Parse((string)json["time"]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            (string)json["kind"]!,
            (string)json["actor"]!,
            (string?)json["run"] is { } run ? long.Parse(run, CultureInfo.InvariantCulture) : null,
            (string?)json["system"],
            (string)json["payload"]!);
    }
}
