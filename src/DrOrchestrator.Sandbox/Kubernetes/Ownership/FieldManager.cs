using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Ownership;

/// <summary>Who writes: the name under which fields are owned, and through which subresource.</summary>
internal readonly record struct Writer(string Manager, string Subresource = "")
{
    public const string Update = "Update";
    public const string Apply = "Apply";
}

/// <summary>What one manager owns by one way of writing; an entry of <c>metadata.managedFields</c>.</summary>
internal sealed record FieldManager(string Manager, string Operation, string ApiVersion, string Subresource, string Time, FieldSet Fields)
{
    public bool Is(Writer writer, string operation, string apiVersion) =>
        Manager == writer.Manager && Operation == operation && Subresource == writer.Subresource && ApiVersion == apiVersion;

    /// <summary>As conflict messages name it.</summary>
    public string ForPeople()
    {
        var name = Subresource.Length == 0 ? $"\"{Manager}\"" : $"\"{Manager}\" with subresource \"{Subresource}\"";
        return Operation == Writer.Update ? $"{name} using {ApiVersion}" : name;
    }

    public static List<FieldManager> Read(JsonObject content) =>
    [
        .. content.Items("metadata", "managedFields").Select(entry => new FieldManager(
            entry.Text("manager") ?? "",
            entry.Text("operation") ?? "",
            entry.Text("apiVersion") ?? "",
            entry.Text("subresource") ?? "",
            entry.Text("time") ?? "",
            FieldSet.FromFieldsV1(entry.Map("fieldsV1")))),
    ];

    public static void Write(JsonObject content, IEnumerable<FieldManager> managers)
    {
        var list = new JsonArray();
        foreach (var manager in managers.Where(manager => !manager.Fields.IsEmpty).OrderBy(manager => manager.Operation, StringComparer.Ordinal))
        {
            var entry = new JsonObject
            {
                ["manager"] = manager.Manager,
                ["operation"] = manager.Operation,
                ["apiVersion"] = manager.ApiVersion,
                ["time"] = manager.Time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = manager.Fields.ToFieldsV1(),
            };
            if (manager.Subresource.Length > 0)
            {
                entry["subresource"] = manager.Subresource;
            }

            list.Add(entry);
        }

        content["metadata"]!.AsObject().Put("managedFields", list.Count > 0 ? list : null);
    }
}
