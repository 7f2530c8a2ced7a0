using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Ownership;

/// <summary>An object taken apart into the fields that can be owned, each with its value as text.</summary>
internal sealed class Leaves
{
    /// <summary>What the site itself keeps; nobody owns it.</summary>
    private static readonly HashSet<string> SystemMetadata =
    [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "managedFields", "selfLink", "generateName",
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Leaves()
    {
    }

    public FieldSet Fields => new(_values.Keys);

    public static Leaves Of(JsonObject content)
    {
        var leaves = new Leaves();
        foreach (var (name, value) in content)
        {
            if (name is "apiVersion" or "kind")
            {
                continue;
            }

            if (name != "metadata" || value is not JsonObject metadata)
            {
                leaves.Collect(FieldPath.Field("", name), name, value);
                continue;
            }

            foreach (var (field, inside) in metadata)
            {
                if (!SystemMetadata.Contains(field))
                {
                    leaves.Collect(FieldPath.Join("f:metadata", "f:" + field), field, inside);
                }
            }
        }

        return leaves;
    }

    /// <summary>Fields that are new or have another value here than in <paramref name="before"/>.</summary>
    public FieldSet ChangedSince(Leaves before) =>
        new(_values.Where(leaf => !before._values.TryGetValue(leaf.Key, out var old) || old != leaf.Value).Select(leaf => leaf.Key));

    /// <summary>Fields of <paramref name="before"/> that are here no more.</summary>
    public FieldSet RemovedSince(Leaves before) => new(before._values.Keys.Where(path => !_values.ContainsKey(path)));

    private void Collect(string path, string name, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                foreach (var (field, inside) in map)
                {
                    Collect(FieldPath.Field(path, field), field, inside);
                }

                break;
            case JsonArray { Count: > 0 } list when list.All(item => FieldPath.ItemStep(name, item) is not null):
                foreach (var item in list)
                {
                    var itemPath = FieldPath.Join(path, FieldPath.ItemStep(name, item)!);
                    _values[itemPath] = "";
                    foreach (var (field, inside) in item as JsonObject ?? [])
                    {
                        Collect(FieldPath.Field(itemPath, field), field, inside);
                    }
                }

                break;
            default:
                _values[path] = value?.ToJsonString(JsonReading.Wire) ?? "null";
                break;
        }
    }
}
