using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>One JSON file per object: <c>objects/&lt;kind&gt;/&lt;namespace or _&gt;/&lt;name&gt;.json</c>. Names were validated, so they are safe as file names.</summary>
internal sealed class ObjectFiles(string folder)
{
    public IEnumerable<StoredObject> Load()
    {
        foreach (var kind in ResourceKind.All)
        {
            var kindFolder = Path.Combine(folder, kind.Qualified);
            if (!Directory.Exists(kindFolder))
            {
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(kindFolder, "*.json", SearchOption.AllDirectories))
            {
                var content = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
                var key = new ObjectKey(kind, content.Text("metadata", "namespace") ?? "", content.Text("metadata", "name")!);
                yield return StoredObject.From(key, content);
            }
        }
    }

    public void Write(StoredObject stored)
    {
        var path = PathOf(stored.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Replace(path, stored.Json);
    }

    public void Delete(ObjectKey key) => DurableFile.Delete(PathOf(key));

    private string PathOf(ObjectKey key) =>
        Path.Combine(folder, key.Kind.Qualified, key.Namespace.Length == 0 ? "_" : key.Namespace, key.Name + ".json");
}
