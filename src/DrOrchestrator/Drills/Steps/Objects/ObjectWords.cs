using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>What an object's status says of how it fares, in its controller's own words. Pure.</summary>
internal static class ObjectWords
{
    /// <summary>Longest text that is told of one object.</summary>
    private const int Most = 600;

    /// <summary>Where controllers write it: most of them the first two, Velero and CloudNativePG the next, VolumeSnapshots the last.</summary>
    private static readonly string[] Fields = ["reason", "message", "failureReason", "phaseReason", "validationErrors", "error"];

    /// <param name="condition">The one that was asked for; null for all that have words.</param>
    public static string Of(JsonObject seen, JsonObject? condition)
    {
        var status = seen["status"] as JsonObject;
        var words = condition is not null ? [OfCondition(condition)]
            : Fields.Select(field => OfField(status?[field])).Concat((status?["conditions"] as JsonArray ?? []).OfType<JsonObject>().Where(c => Text(c["message"]).Length > 0).Select(c => string.Join(' ', $"{c["type"]}={c["status"]}", OfCondition(c))));
        var text = string.Join("; ", words.Where(word => word.Length > 0));
        return text.Length <= Most ? text : text[..Most] + "...";
    }

    private static string OfCondition(JsonObject condition) => string.Join(": ", ((string[])[Text(condition["reason"]), Text(condition["message"])]).Where(word => word.Length > 0));

    private static string OfField(JsonNode? field) => field switch
    {
        JsonObject error => Text(error["message"]),
        JsonArray errors => string.Join(", ", errors.Select(Text)),
        _ => Text(field),
    };

    private static string Text(JsonNode? node) => node?.ToString().Trim() ?? "";
}
