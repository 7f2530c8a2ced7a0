using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>The fields that the sandbox knows are those that a real API server, v1.36.2, declares.</summary>
[OnARealCluster]
public sealed class KnownFieldsConformance(PrimaryCluster cluster) : IClassFixture<PrimaryCluster>
{
    private static readonly string[] Prefixes = ["io.k8s.api.", "io.k8s.apimachinery.pkg.apis."];

    [ConformanceFact]
    public async Task List_OfEachKind_IsWhatTheServerDeclares()
    {
        var declared = (await cluster.GetAsync("/openapi/v2"))["definitions"]!.AsObject().ToDictionary(type => Short(type.Key), type => type.Value!["properties"] as JsonObject ?? []);
        var known = KnownFields.All.ToList();

        known.Select(field => field.Type).Distinct().Should().HaveCountGreaterThan(100);
        known.Where(field => field.Of.Length > 0).Select(field => field.Of.Replace("[]", "", StringComparison.Ordinal)).Should().BeSubsetOf(known.Select(field => field.Type), "what has fields is listed itself");
        foreach (var type in known.GroupBy(field => field.Type))
        {
            type.Select(field => $"{field.Field} {field.Of}").Should().BeEquivalentTo(declared[type.Key].Select(field => $"{field.Key} {Of(declared, field.Value!)}"), $"these are the fields of {type.Key}");
        }
    }

    private static string Of(Dictionary<string, JsonObject> declared, JsonNode field) =>
        Fields(declared, field) ?? (field["type"]?.ToString() == "array" && Fields(declared, field["items"]!) is { } item ? "[]" + item : "");

    /// <summary>The type that a field's value has; null where that has no fields.</summary>
    private static string? Fields(Dictionary<string, JsonObject> declared, JsonNode field) =>
        field["$ref"]?.ToString().Split('/')[^1] is { } name && declared[Short(name)].Count > 0 ? Short(name) : null;

    private static string Short(string name) => Prefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? name[prefix.Length..] : name;
}
