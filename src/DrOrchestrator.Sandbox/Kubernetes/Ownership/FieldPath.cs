using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Ownership;

/// <summary>Where a field is, as FieldsV1 names it: <c>f:name</c>, <c>k:{"name":"x"}</c> for an item of a keyed list, <c>v:"x"</c> for a member of a set.</summary>
internal static class FieldPath
{
    private const char Separator = '\u0001';

    /// <summary>Lists that are merged item by item, and the keys that tell items apart. Every other list is one value.</summary>
    private static readonly Dictionary<string, string[]> KeyedLists = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["env"] = ["name"],
        ["volumes"] = ["name"],
        ["imagePullSecrets"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["conditions"] = ["type"],
        ["addresses"] = ["type"],
        ["ownerReferences"] = ["uid"],
        ["podIPs"] = ["ip"],
        ["hostIPs"] = ["ip"],
    };

    public static string Field(string parent, string name) => Join(parent, "f:" + name);

    public static string Join(string parent, string step) => parent.Length == 0 ? step : parent + Separator + step;

    public static string[] Steps(string path) => path.Split(Separator);

    public static string JoinAll(ReadOnlySpan<string> steps) => string.Join(Separator, steps);

    public static bool IsBelow(string path, string ancestor) =>
        path.Length > ancestor.Length && path[ancestor.Length] == Separator && path.StartsWith(ancestor, StringComparison.Ordinal);

    /// <summary>True for the field by which an item of a keyed list is known.</summary>
    public static bool IsKeyField(string path) =>
        Steps(path) is [.., var item, var field] && item[0] == 'k' && JsonNode.Parse(item[2..])!.AsObject().ContainsKey(field[2..]);

    /// <summary>The step to an item of the list called <paramref name="list"/>; null when that list is one value.</summary>
    public static string? ItemStep(string list, JsonNode? item)
    {
        if (list == "finalizers" && item is JsonValue)
        {
            return "v:" + item.ToJsonString(JsonReading.Wire);
        }

        if (item is not JsonObject map || KeysOf(list, map) is not { } keys)
        {
            return null;
        }

        var key = new JsonObject();
        foreach (var name in keys)
        {
            var value = map[name] ?? (name == "protocol" ? JsonValue.Create("TCP") : null);
            if (value is null)
            {
                return null;
            }

            key[name] = value.DeepClone();
        }

        return "k:" + key.ToJsonString(JsonReading.Wire);
    }

    /// <summary>As conflict messages show it: <c>.spec.template.spec.containers[name="x"].image</c>.</summary>
    public static string ForPeople(string path) => string.Concat(Steps(path).Select(step => step[0] switch
    {
        'f' => "." + step[2..],
        'k' => "[" + string.Join(",", JsonNode.Parse(step[2..])!.AsObject().Select(pair => $"{pair.Key}={JsonSerializer.Serialize(pair.Value, JsonReading.Wire)}")) + "]",
        _ => "[=" + step[2..] + "]",
    }));

    private static string[]? KeysOf(string list, JsonObject item) =>
        list == "ports"
            ? [item.ContainsKey("containerPort") ? "containerPort" : "port", "protocol"]
            : KeyedLists.GetValueOrDefault(list);
}
