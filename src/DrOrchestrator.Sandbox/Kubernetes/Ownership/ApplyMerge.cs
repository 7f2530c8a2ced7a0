using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes.Ownership;

/// <summary>Puts an applied configuration over a live object: maps and keyed lists are merged, everything else is replaced.</summary>
internal static class ApplyMerge
{
    public static JsonObject Merge(JsonObject live, JsonObject applied)
    {
        var merged = live.DeepClone().AsObject();
        MergeInto(merged, applied);
        return merged;
    }

    /// <summary>Takes fields away that their owner applied before and no longer does, unless they are among <paramref name="kept"/>.</summary>
    public static void Prune(JsonObject content, FieldSet dropped, FieldSet kept)
    {
        // Items that nobody wants go whole: without its key field an item could not be found any more.
        foreach (var path in dropped.Paths.Where(path => IsItem(path) && !kept.ContainsAtOrBelow(path)))
        {
            PruneOne(content, path, kept);
        }

        foreach (var path in dropped.Paths.Where(path => !IsItem(path) && !FieldPath.IsKeyField(path) && !kept.Contains(path)).OrderByDescending(path => FieldPath.Steps(path).Length))
        {
            PruneOne(content, path, kept);
        }
    }

    private static bool IsItem(string path) => FieldPath.Steps(path)[^1][0] != 'f';

    private static void MergeInto(JsonObject live, JsonObject applied)
    {
        foreach (var (name, value) in applied)
        {
            live[name] = (live[name], value) switch
            {
                (JsonObject below, JsonObject above) => Merge(below, above),
                (JsonArray below, JsonArray above) when Keyed(name, below) && Keyed(name, above) => MergeLists(name, below, above),
                _ => value?.DeepClone(),
            };
        }
    }

    private static bool Keyed(string name, JsonArray list) => list.Count > 0 && list.All(item => FieldPath.ItemStep(name, item) is not null);

    private static JsonArray MergeLists(string name, JsonArray live, JsonArray applied)
    {
        var merged = live.DeepClone().AsArray();
        foreach (var item in applied)
        {
            var step = FieldPath.ItemStep(name, item);
            var at = merged.ToList().FindIndex(other => FieldPath.ItemStep(name, other) == step);
            if (at < 0)
            {
                merged.Add(item!.DeepClone());
            }
            else if (item is JsonObject map)
            {
                merged[at] = Merge(merged[at]!.AsObject(), map);
            }
        }

        return merged;
    }

    private static void PruneOne(JsonObject content, string path, FieldSet kept)
    {
        var steps = FieldPath.Steps(path);
        var trail = new List<(JsonNode Node, string Step)>();
        JsonNode? node = content;
        var listName = "";
        foreach (var step in steps)
        {
            if (node is null)
            {
                return;
            }

            trail.Add((node, step));
            node = Below(node, listName, step);
            listName = step[2..];
        }

        Remove(trail[^1].Node, trail[^1].Step, trail.Count > 1 ? trail[^2].Step[2..] : "");

        // What has become empty by this goes too, unless someone owns it.
        for (var depth = trail.Count - 1; depth >= 1; depth--)
        {
            var parentPath = FieldPath.JoinAll(steps.AsSpan(0, depth));
            var empty = trail[depth].Node is JsonObject { Count: 0 } or JsonArray { Count: 0 };
            if (!empty || kept.Contains(parentPath) || parentPath is "f:metadata" or "f:spec")
            {
                return;
            }

            Remove(trail[depth - 1].Node, steps[depth - 1], depth > 1 ? steps[depth - 2][2..] : "");
        }
    }

    private static JsonNode? Below(JsonNode node, string listName, string step) => node switch
    {
        JsonObject map when step[0] == 'f' => map[step[2..]],
        JsonArray list => list.FirstOrDefault(item => FieldPath.ItemStep(listName, item) == step),
        _ => null,
    };

    private static void Remove(JsonNode parent, string step, string listName)
    {
        if (parent is JsonObject map)
        {
            map.Remove(step[2..]);
        }
        else if (parent is JsonArray list && list.FirstOrDefault(item => FieldPath.ItemStep(listName, item) == step) is { } item)
        {
            list.Remove(item);
        }
    }
}
