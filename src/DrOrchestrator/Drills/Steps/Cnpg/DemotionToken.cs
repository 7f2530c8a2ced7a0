using System.Text.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills.Steps.Cnpg;

/// <summary>Where the log of a demoted cluster ends: what <c>pg_controldata</c> said of its shutdown checkpoint, as CloudNativePG hands it on (base64 of JSON). Pure.</summary>
/// <param name="Redo">Where the shutdown checkpoint lies.</param>
internal sealed record DemotionToken(string System, string Timeline, string Redo)
{
    /// <summary>Null for anything that does not tell all three, by which a promotion is held against it.</summary>
    public static DemotionToken? Read(string? token)
    {
        try
        {
            return token is not null && JsonNode.Parse(Convert.FromBase64String(token)) is JsonObject told
                && told["databaseSystemIdentifier"]?.ToString() is { Length: > 0 } system
                && told["latestCheckpointTimelineID"]?.ToString() is { Length: > 0 } timeline
                && told["latestCheckpointREDOLocation"]?.ToString() is { Length: > 0 } redo
                ? new DemotionToken(system, timeline, redo)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
