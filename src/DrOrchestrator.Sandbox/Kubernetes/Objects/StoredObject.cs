using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>One version of one object, immutable: its bytes, and what selectors ask of it. Who wants to read or change it parses a copy of its own.</summary>
internal sealed class StoredObject
{
    private StoredObject(ObjectKey key, long version, string uid, byte[] json, Dictionary<string, string> labels, Dictionary<string, string> fields)
    {
        Key = key;
        Version = version;
        Uid = uid;
        Json = json;
        Labels = labels;
        Fields = fields;
    }

    public ObjectKey Key { get; }

    public long Version { get; }

    public string Uid { get; }

    public byte[] Json { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Values of the fields that field selectors may name, by path.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; }

    public static StoredObject From(ObjectKey key, JsonObject content)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in FieldSelector.Known(key.Kind))
        {
            fields[name] = content.Text(name.Split('.')) ?? "";
        }

        return new StoredObject(
            key,
            long.Parse(content.Text("metadata", "resourceVersion") ?? "0", System.Globalization.CultureInfo.InvariantCulture),
            content.Text("metadata", "uid") ?? "",
            content.ToBytes(),
            content.TextMap("metadata", "labels"),
            fields);
    }

    public JsonObject Parse() => JsonNode.Parse(Json)!.AsObject();
}
