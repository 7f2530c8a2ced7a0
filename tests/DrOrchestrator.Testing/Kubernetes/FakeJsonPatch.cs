using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>The operations of RFC 6902 that drills send to put values back: add, replace, remove, test.</summary>
public static class FakeJsonPatch
{
    /// <summary>The object with the operations done; null where one of them does not hold, as a server answers 422.</summary>
    public static JsonObject? Apply(JsonObject target, JsonArray operations)
    {
        var work = target.DeepClone().AsObject();
        foreach (var operation in operations)
        {
            var parts = operation!["path"]!.ToString().Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
            JsonNode? parent = work;
            foreach (var part in parts.SkipLast(1))
            {
                parent = parent is JsonArray list ? list[int.Parse(part, CultureInfo.InvariantCulture)] : parent?[part];
            }

            if (parent is not JsonObject map || !Apply(map, parts[^1], operation["op"]!.ToString(), operation["value"]))
            {
                return null;
            }
        }

        return work;
    }

    private static bool Apply(JsonObject map, string name, string op, JsonNode? value)
    {
        switch (op)
        {
            case "test":
                return JsonNode.DeepEquals(map[name], value);
            case "remove":
                return map.Remove(name);
            case "add":
            case "replace" when map.ContainsKey(name):
                map[name] = value?.DeepClone();
                return true;
            default:
                return false;
        }
    }
}
