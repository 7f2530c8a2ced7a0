using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Gates;

/// <summary>Who owns which fields of an object, by its managedFields. Pure.</summary>
internal static class FieldOwnership
{
    /// <summary>Owners of any of the fields, or of anything below or around them, and which of the fields those are.</summary>
    public static IEnumerable<(FieldOwner Owner, IReadOnlyList<string> Fields)> Of(JsonObject seen, IReadOnlyList<string[]> fields)
    {
        foreach (var entry in (seen["metadata"]?["managedFields"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var owned = entry["fieldsV1"] as JsonObject ?? [];
            var ours = fields.Where(path => Owns(owned, path)).Select(path => string.Join('.', path)).ToList();
            if (ours.Count > 0)
            {
                yield return (new FieldOwner(entry["manager"]?.ToString() ?? "", entry["operation"]?.ToString() ?? "", entry["subresource"]?.ToString() ?? ""), ours);
            }
        }
    }

    /// <summary>
    /// The set has <c>f:NAME</c> for each level. One that stands there with nothing below it is owned whole (an atomic mapping, as selectors are); a single <c>.</c> below it means that the
    /// mapping itself is owned, and none of its fields.
    /// </summary>
    private static bool Owns(JsonObject owned, string[] path)
    {
        foreach (var name in path)
        {
            if (owned[$"f:{name}"] is not JsonObject below)
            {
                return false;
            }

            if (below.Count == 0)
            {
                return true;
            }

            owned = below;
        }

        return true;
    }
}
