using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills.Steps;

/// <summary>What a JSON merge patch (RFC 7386) touches. Pure.</summary>
internal static class MergePatch
{
    /// <summary>The values that <paramref name="from"/> has where the patch has some: merged, they put back what the patch changed. Null for what is not there.</summary>
    public static JsonObject Values(JsonObject? from, JsonObject patch) => new(patch.Select(entry => KeyValuePair.Create(
        entry.Key,
        (entry.Value, from?[entry.Key]) switch
        {
            (JsonObject deeper, JsonObject there) => Values(there, deeper),

            // Leaf by leaf: what others put beside them since then is not taken along.
            (JsonObject { Count: > 0 } deeper, null) => Values(null, deeper),
            var (_, there) => there?.DeepClone(),
        })));
}
