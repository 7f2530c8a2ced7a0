using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>Which fields a kind has, by the list that lies beside this file. Names only: what a value may be is <see cref="ObjectRules"/>.</summary>
internal static class KnownFields
{
    private const string List = "[]";

    private static readonly Lazy<(Dictionary<string, string> Kinds, Dictionary<string, Dictionary<string, string>> Types)> Declared = new(Read);

    /// <summary>Type, field, and the type of what is in it (empty for a plain value), of every kind.</summary>
    public static IEnumerable<(string Type, string Field, string Of)> All => Declared.Value.Types.SelectMany(type => type.Value.Select(one => (type.Key, one.Key, one.Value)));

    /// <exception cref="ApiRefusal">A field that the kind does not have, and strict validation was asked for.</exception>
    public static void CheckStrictly(ResourceKind kind, JsonObject content)
    {
        if (Unknown(kind, content) is { Count: > 0 } unknown)
        {
            throw ApiRefusal.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {StrictError(unknown)}");
        }
    }

    /// <summary>A patch is judged by what would come of it.</summary>
    /// <exception cref="ApiRefusal">A field that the kind does not have, and strict validation was asked for.</exception>
    public static JsonObject CheckPatchedStrictly(ResourceKind kind, JsonObject patched) => Unknown(kind, patched) is { Count: > 0 } unknown
        ? throw ApiRefusal.Unprocessable($" \"\" is invalid: patch: Invalid value: {JsonValue.Create(patched.ToJsonString(JsonReading.Wire)).ToJsonString(JsonReading.Wire)}: {StrictError(unknown)}")
        : patched;

    /// <summary>Takes the fields away that the kind does not have.</summary>
    /// <returns>Each in the words of an API server's warning.</returns>
    public static IReadOnlyList<string> Drop(ResourceKind kind, JsonObject content)
    {
        var unknown = Unknown(kind, content);
        foreach (var path in unknown)
        {
            var holder = path.SkipLast(1).Aggregate((JsonNode)content, (node, step) => step.At is { } at ? node[at]! : node[step.Name]!);
            holder.AsObject().Remove(path[^1].Name);
        }

        return [.. unknown.Select(Warning)];
    }

    /// <summary>An apply names its fields: one that the kind does not have nobody can own, however validation was asked for.</summary>
    /// <exception cref="ApiRefusal">There is such a field.</exception>
    public static void CheckApplied(ObjectKey key, JsonObject configuration)
    {
        if (Unknown(key.Kind, configuration) is [var first, ..])
        {
            throw ApiRefusal.NotDeclared(key, configuration.Text("metadata", "namespace"), string.Concat(first.Select(step => step.Applied)));
        }
    }

    private static string StrictError(IEnumerable<IReadOnlyList<Step>> unknown) =>
        $"strict decoding error: {string.Join(", ", unknown.Select(Warning))}";

    private static string Warning(IReadOnlyList<Step> path) => $"unknown field \"{string.Concat(path.Select(step => step.Strict)).TrimStart('.')}\"";

    private static List<IReadOnlyList<Step>> Unknown(ResourceKind kind, JsonObject content) => [.. Unknown(Declared.Value.Kinds[$"{kind.ApiVersion} {kind.Kind}"], content, [])];

    private static IEnumerable<IReadOnlyList<Step>> Unknown(string type, JsonObject map, IReadOnlyList<Step> path)
    {
        var fields = Declared.Value.Types[type];
        foreach (var (name, value) in map)
        {
            IReadOnlyList<Step> here = [.. path, new Step("." + name, "." + name)];
            if (!fields.TryGetValue(name, out var of))
            {
                yield return here;
            }

            foreach (var below in (of, value) switch
            {
                (null or "", _) => [],
                ({ } one, JsonObject inside) when !one.StartsWith(List, StringComparison.Ordinal) => Unknown(one, inside, here),
                ({ } many, JsonArray items) when many.StartsWith(List, StringComparison.Ordinal) => items.SelectMany((item, i) => item is JsonObject inside ? Unknown(many[List.Length..], inside, [.. here, Step.Item(name, inside, i)]) : []),
                _ => [],
            })
            {
                yield return below;
            }
        }
    }

    private static (Dictionary<string, string> Kinds, Dictionary<string, Dictionary<string, string>> Types) Read()
    {
        using var reader = new StreamReader(typeof(KnownFields).Assembly.GetManifestResourceStream("known-fields.txt")!);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToList();
        return (
            lines.Where(line => line.Contains(" = ", StringComparison.Ordinal)).Select(line => line.Split(" = ")).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal),
            lines.Where(line => line.Contains(": ", StringComparison.Ordinal)).Select(line => line.Split(": ")).ToDictionary(
                parts => parts[0],
                parts => parts[1].Split(' ').Select(field => field.Split('=')).ToDictionary(field => field[0], field => field.Length > 1 ? field[1] : "", StringComparer.Ordinal),
                StringComparer.Ordinal));
    }

    /// <summary>One part of the way to a field, in the words of strict decoding and in those of apply.</summary>
    /// <param name="At">Of an item of a list; null for a field.</param>
    private sealed record Step(string Strict, string Applied, int? At = null)
    {
        public string Name => Strict[1..];

        public static Step Item(string list, JsonObject item, int at)
        {
            var number = FormattableString.Invariant($"[{at}]");
            return new Step(number, FieldPath.ItemStep(list, item) is { } key ? FieldPath.ForPeople(key) : number, at);
        }
    }
}
