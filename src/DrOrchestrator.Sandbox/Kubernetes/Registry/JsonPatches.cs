using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>JSON merge patch (RFC 7386) and JSON patch (RFC 6902).</summary>
internal static class JsonPatches
{
    public static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject below)
            {
                target[name] = Merge(target[name] as JsonObject is { } existing ? existing.DeepClone().AsObject() : [], below);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }

        return target;
    }

    public static JsonObject WithoutNulls(JsonObject content) => Merge([], content);

    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        foreach (var operation in operations)
        {
            ApplyOne(target, operation as JsonObject ?? throw ApiRefusal.BadRequest("a JSON patch is a list of operations"));
        }

        return target;
    }

    private static void ApplyOne(JsonObject target, JsonObject operation)
    {
        var path = operation.Text("path") ?? throw ApiRefusal.BadRequest("a JSON patch operation needs a path");
        var value = operation["value"];
        switch (operation.Text("op"))
        {
            case "add":
                Add(target, path, value);
                break;
            case "remove":
                Remove(target, path);
                break;
            case "replace":
                Remove(target, path);
                Add(target, path, value);
                break;
            case "copy":
                Add(target, path, Find(target, From(operation)));
                break;
            case "move":
                var moved = Find(target, From(operation))?.DeepClone();
                Remove(target, From(operation));
                Add(target, path, moved);
                break;
            case "test" when JsonNode.DeepEquals(Find(target, path), value):
                break;
            case "test":
                throw ApiRefusal.Unprocessable($"the server rejected our request due to an error in our request: testing value {path} failed: test failed");
            case var other:
                throw ApiRefusal.BadRequest($"JSON patch operation '{other}' is not one of add, remove, replace, copy, move, test");
        }
    }

    private static string From(JsonObject operation) => operation.Text("from") ?? throw ApiRefusal.BadRequest("copy and move need 'from'");

    private static string[] Steps(string path)
    {
        if (!path.StartsWith('/'))
        {
            throw ApiRefusal.Unprocessable($"the server rejected our request due to an error in our request: '{path}' is no path inside the object");
        }

        return [.. path[1..].Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static ApiRefusal Missing(string path) =>
        ApiRefusal.Unprocessable($"the server rejected our request due to an error in our request: missing path: {path}");

    private static JsonNode Parent(JsonObject target, string path, out string last)
    {
        var steps = Steps(path);
        last = steps[^1];
        JsonNode? node = target;
        foreach (var step in steps[..^1])
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when Index(step) is { } at && at < list.Count => list[at],
                _ => null,
            };
        }

        return node ?? throw Missing(path);
    }

    private static int? Index(string step) => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : null;

    private static JsonNode? Find(JsonObject target, string path)
    {
        var parent = Parent(target, path, out var last);
        return parent switch
        {
            JsonObject map when map.ContainsKey(last) => map[last],
            JsonArray list when Index(last) is { } at && at < list.Count => list[at],
            _ => throw Missing(path),
        };
    }

    private static void Add(JsonObject target, string path, JsonNode? value)
    {
        var parent = Parent(target, path, out var last);
        switch (parent)
        {
            case JsonObject map:
                map[last] = value?.DeepClone();
                break;
            case JsonArray list when last == "-":
                list.Add(value?.DeepClone());
                break;
            case JsonArray list when Index(last) is { } at && at <= list.Count:
                list.Insert(at, value?.DeepClone());
                break;
            default:
                throw Missing(path);
        }
    }

    private static void Remove(JsonObject target, string path)
    {
        var parent = Parent(target, path, out var last);
        switch (parent)
        {
            case JsonObject map when map.Remove(last):
                break;
            case JsonArray list when Index(last) is { } at && at < list.Count:
                list.RemoveAt(at);
                break;
            default:
                throw Missing(path);
        }
    }
}
