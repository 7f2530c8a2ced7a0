using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>The parameters of a <c>k8s.patch</c> step, and what stands against them. Pure.</summary>
internal static partial class PatchSettings
{
    private const string Marks = "drorchestrator.io/";
    private const string Merge = "merge";
    private const string Json = "json";
    private const string Strategic = "strategic";
    private const string Apply = "apply";

    private static readonly string[] Operations = ["add", "remove", "replace", "move", "copy", "test"];

    public static IReadOnlyList<ParameterShape> Shapes { get; } =
    [
        SiteCalls.NamespaceParameter,
        new("api", ParameterType.Text, true, "Its apiVersion: v1, apps/v1, postgresql.cnpg.io/v1."),
        new("resource", ParameterType.Text, true, "PLURAL/NAME, as its API serves it: configmaps/NAME, clusters/NAME."),
        new("type", ParameterType.Text, false, "merge (RFC 7386, the default), json (RFC 6902), strategic (built-in kinds alone; lists merge by key) or apply (server-side apply).", [Merge, Json, Strategic, Apply]),
        new("patch", ParameterType.Object, true, "The fields as they are to be; with type: json the list of operations."),
        new("force", ParameterType.Boolean, false, "With type: apply: takes fields over that other managers hold."),
    ];

    public static PatchType TypeOf(StepParameters with) => with.OptionalText("type") switch { Json => PatchType.Json, Strategic => PatchType.Strategic, Apply => PatchType.Apply, _ => PatchType.Merge };

    public static bool IsForced(StepParameters with) => with.OptionalText("force") == "true";

    public static bool IsMark(string annotation) => annotation.StartsWith(Marks, StringComparison.Ordinal);

    /// <summary>What stands against the parameters of one step.</summary>
    public static IEnumerable<ParameterProblem> Judge(StepParameters with)
    {
        var (api, resource, type) = (with.OptionalText("api") ?? "", with.OptionalText("resource") ?? "", TypeOf(with));
        if (!ObjectAddress.IsApiVersion(api))
        {
            yield return new("api", $"'{api}' is no apiVersion", "v1 or GROUP/VERSION", "Write it as the manifest of the object does.");
        }
        else if (type is PatchType.Strategic && api.Split('/') is [var group, _] && group.Contains('.', StringComparison.Ordinal) && !group.EndsWith(".k8s.io", StringComparison.Ordinal))
        {
            yield return new("type", $"'{Strategic}' for {api}", $"{Merge}, {Json}, {Apply}", "Custom resources have no strategic patch: their servers do not know by which keys lists merge.");
        }

        if (!Resource().IsMatch(resource))
        {
            yield return new("resource", $"'{resource}' is no resource", "PLURAL/NAME", "kubectl api-resources lists the plurals.");
        }
        else if (resource.StartsWith("secrets/", StringComparison.Ordinal))
        {
            yield return new("resource", $"'{resource}' would come into the journal", "anything but secrets", "Let a k8s.job with rights of its own change it.");
        }

        if (with.Has("force") && type is not PatchType.Apply)
        {
            yield return new("force", "'force' without type: apply", $"it beside type: {Apply}", "Remove it: only server-side apply knows whose a field is.");
        }

        foreach (var problem in (type, with.Values["patch"]) switch
        {
            (PatchType.Json, JsonArray { Count: > 0 } list) => list.SelectMany(OperationProblems),
            (PatchType.Json, _) => [new ParameterProblem("patch", "no operations", "a list of { op, path, value }", "Write the operations of RFC 6902.")],
            (_, JsonObject { Count: > 0 } fields) => FieldProblems(fields),
            _ => (IEnumerable<ParameterProblem>)[new ParameterProblem("patch", "no fields", "a mapping with at least one field", "Write the fields as they are to be.")],
        })
        {
            yield return problem;
        }
    }

    /// <summary>The first field with a secret that an operation of a JSON patch copies or moves from, by what stands in the object; null for none.</summary>
    public static string? SecretTaken(JsonNode? patch, JsonObject seen) => (patch as JsonArray ?? []).OfType<JsonObject>()
        .Select(operation => Path(operation["from"])).OfType<IReadOnlyList<string>>().SelectMany(from => SecretFields.In(At(seen, from), from)).FirstOrDefault();

    /// <summary>By a JSON pointer, which names an element of a list by its place.</summary>
    private static JsonNode? At(JsonNode seen, IReadOnlyList<string> path) => path.Aggregate((JsonNode?)seen, (node, part) => node switch
    {
        JsonObject map => map[part],
        JsonArray list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < list.Count => list[at],
        _ => null,
    });

    private static IEnumerable<ParameterProblem> FieldProblems(JsonObject patch)
    {
        var metadata = patch["metadata"] as JsonObject ?? [];
        if (patch.Any(entry => entry.Key is "apiVersion" or "kind" or "status" || IsDirective(entry.Key)) || (patch.ContainsKey("metadata") && (patch["metadata"] is not JsonObject
            || metadata.Any(entry => entry.Key is not ("labels" or "annotations") || entry.Value is not JsonObject fields || fields.Any(field => IsDirective(field.Key))))))
        {
            yield return Foreign();
        }

        if ((metadata["annotations"] as JsonObject)?.Any(entry => IsMark(entry.Key)) is true)
        {
            yield return OwnMark();
        }

        if (patch.ContainsKey("spec") && (patch["spec"] is not JsonObject spec || spec.ContainsKey("replicas") || spec.Any(entry => IsDirective(entry.Key))))
        {
            yield return Replicas();
        }

        if (SecretFields.In(patch, []).FirstOrDefault() is { } secret)
        {
            yield return Secret(secret);
        }
        else if (SecretWords.In(patch, []).FirstOrDefault() is { } word)
        {
            yield return Secret(word);
        }
    }

    private static IEnumerable<ParameterProblem> OperationProblems(JsonNode? node)
    {
        if (node is not JsonObject operation || operation["op"]?.ToString() is not { } op || !Operations.Contains(op) || Path(operation["path"]) is not { } path
            || operation.ContainsKey("value") != op is "add" or "replace" or "test" || operation.ContainsKey("from") != op is "move" or "copy" || (operation.ContainsKey("from") && Path(operation["from"]) is null))
        {
            yield return new("patch", $"{node?.ToJsonString() ?? "null"} is no operation", "{ op: add | replace | test, path: /A/B, value: ... }, { op: remove, path: /A/B }, { op: move | copy, from: /A/B, path: /A/C }", "Write each as RFC 6902 does: ~1 in a path stands for /, ~0 for ~.");
            yield break;
        }

        // A test changes nothing, and a copy nothing where it is taken from.
        foreach (var written in ((IReadOnlyList<string>?[])[op is "test" ? null : path, op is "move" ? Path(operation["from"]) : null]).OfType<IReadOnlyList<string>>())
        {
            if (written is [] or ["apiVersion" or "kind" or "status", ..] or ["metadata"] || (written is ["metadata", var part, ..] && (part is not ("labels" or "annotations") || written.Count != 3)))
            {
                yield return Foreign();
            }
            else if (written is ["metadata", "annotations", var name] && IsMark(name))
            {
                yield return OwnMark();
            }
            else if (written is ["spec"] or ["spec", "replicas", ..])
            {
                yield return Replicas();
            }
        }

        if (SecretFields.In(operation["value"], path).FirstOrDefault() is { } secret)
        {
            yield return Secret(secret);
        }
        else if (SecretWords.In(operation["value"], path).FirstOrDefault() is { } word)
        {
            yield return Secret(word);
        }
        else if (Path(operation["from"]) is { } from && SecretFields.IsNamed(from))
        {
            // By its new name nobody would know it.
            yield return Secret(operation["from"]!.ToString());
        }
    }

    private static bool IsDirective(string key) => key.StartsWith('$');

    private static ParameterProblem Foreign() => new ParameterProblem("patch", "fields that are not the step's to set", "no apiVersion, kind and status; of metadata only single labels and annotations", "Leave them out.");

    private static ParameterProblem OwnMark() => new ParameterProblem("patch", $"annotations of {Marks}", "any others", "They are the marks by which steps and fences know their objects.");

    private static ParameterProblem Replicas() => new ParameterProblem("patch", "spec.replicas or the whole spec", "fields of spec, but replicas", "Use k8s.scale, which gates and fences know.");

    private static ParameterProblem Secret(string pointer) =>
        new ParameterProblem("patch", $"'{pointer}' would come into the journal", "no field that holds a secret by its name", "Refer to a Secret, or let a k8s.job with rights of its own change it.");

    private static ParameterProblem Secret(SecretWord word) => new ParameterProblem("patch", SecretWords.Found(word.At, word.Name), SecretWords.Allowed, SecretWords.LetItRead);

    /// <summary>Null where it is no JSON pointer (RFC 6901).</summary>
    private static IReadOnlyList<string>? Path(JsonNode? pointer) => pointer is JsonValue value && value.TryGetValue(out string? text) && Pointer().IsMatch(text)
        ? [.. text.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
        : null;

    [GeneratedRegex(@"^[a-z][a-z0-9]*/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\$\{[^}]+\})$")]
    private static partial Regex Resource();

    [GeneratedRegex("^(/([^~/]|~[01])*)*$")]
    private static partial Regex Pointer();
}
