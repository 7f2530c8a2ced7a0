using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Plans;

/// <summary>
/// Reads a file of Kubernetes manifests: several documents, each one object. What YAML 1.1, by which kubectl reads, and YAML 1.2 understand differently (<c>0644</c>, <c>yes</c>) is refused, so that
/// nobody approves one thing and applies another.
/// </summary>
internal static partial class ManifestReader
{
    /// <summary>Larger files are refused: an API server takes no object above 1.5 MiB, and the text is kept with every run.</summary>
    private const int MaxBytes = 1024 * 1024;

    private const int MostDocuments = 100;

    private static readonly string[] Required = ["apiVersion", "kind"];

    /// <summary>Null after a problem.</summary>
    /// <param name="name">Its path, as errors name it.</param>
    public static Manifest? Read(string name, byte[] bytes, Problems problems)
    {
        if (bytes.Length > MaxBytes)
        {
            problems.Add(Place.Whole(name), $"the file has {bytes.Length} bytes", "up to 1 MiB", "Spread it over several files and steps.");
            return null;
        }

        var before = problems.Count;
        if (SourceFile.ParseAll(bytes, name, problems) is not { } roots)
        {
            return null;
        }

        if (roots.Count is 0 or > MostDocuments)
        {
            problems.Add(Place.Whole(name), $"{roots.Count} documents", $"1 to {MostDocuments}", roots.Count == 0 ? "Write at least one object." : "Spread it over several files and steps.");
            return null;
        }

        var documents = new List<ManifestDocument>();
        for (var i = 0; i < roots.Count; i++)
        {
            if (Document(roots[i], i + 1, problems) is { } document)
            {
                if (documents.Find(other => IsSame(other, document)) is { } first)
                {
                    problems.Add(roots[i].Place, $"document {document.Number} ({document}) is the same object as document {first.Number}, at line {first.Line}", "each object once", "Keep one of the two.");
                }

                documents.Add(document);
            }
        }

        return problems.Count > before ? null : new Manifest(name, Convert.ToHexStringLower(SHA256.HashData(bytes)), documents) { Source = bytes };
    }

    private static bool IsSame(ManifestDocument one, ManifestDocument other) =>
        one.Kind == other.Kind && one.Name == other.Name && Group(one.Api) == Group(other.Api) && (one.Namespace ?? other.Namespace) == (other.Namespace ?? one.Namespace);

    private static string Group(string api) => api.Contains('/', StringComparison.Ordinal) ? api.Split('/')[0] : "";

    private static ManifestDocument? Document(YamlNode root, int number, Problems problems)
    {
        if (root is not YamlMapping mapping)
        {
            problems.Add(root.Place, $"document {number} is {root.Describe()}", "one Kubernetes object", "Write apiVersion, kind, metadata and what belongs to the object.");
            return null;
        }

        var metadata = mapping.Peek("metadata") as YamlMapping;
        var missing = Required.Where(key => Text(mapping, key) is null).Concat(metadata is null || Text(metadata, "name") is null ? ["metadata.name"] : []).ToList();
        if (missing.Count > 0)
        {
            var generated = metadata?.Peek("generateName") is not null;
            problems.Add(
                root.Place,
                $"document {number} has no {string.Join(", no ", missing)}{(generated ? " (generateName makes another object each time)" : "")}",
                "apiVersion, kind and metadata.name",
                generated ? "Give the object a name." : "Write them: an object is known by these.");
            return null;
        }

        return new ManifestDocument(number, root.Place.Line, (JsonObject)Tree(mapping, problems)!);
    }

    private static string? Text(YamlMapping mapping, string key) => mapping.Peek(key) is YamlScalar { IsNull: false, Text.Length: > 0 } scalar ? scalar.Text : null;

    private static JsonNode? Tree(YamlNode node, Problems problems)
    {
        switch (node)
        {
            case YamlMapping mapping:
                return new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Tree(entry.Value, problems))));
            case YamlSequence sequence:
                return new JsonArray([.. sequence.Items.Select(item => Tree(item, problems))]);
            case YamlScalar { IsNull: true }:
                return null;
            case YamlScalar { IsPlain: true } flag when StrictMap.TryParseFlag(flag.Text, out var value):
                return JsonValue.Create(value);
            case YamlScalar { IsPlain: true } odd when Ambiguous().IsMatch(odd.Text):
                problems.Add(odd.Place, $"{Problems.Quote(odd.Text)} without quotes, which is one thing in YAML 1.1 and another in YAML 1.2", "true, false, decimal numbers, texts in quotes", "Write a number in decimal (0644 is 420), a text in quotes.");
                return null;
            case YamlScalar { IsPlain: true } whole when long.TryParse(whole.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return JsonValue.Create(number);
            case YamlScalar { IsPlain: true } broken when Decimal().IsMatch(broken.Text) && decimal.TryParse(broken.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number):
                return JsonValue.Create(number);
            case YamlScalar scalar:
                return JsonValue.Create(scalar.Text);
            default:
                return null;
        }
    }

    /// <summary>Octal and other notations of numbers, and the words that YAML 1.1 takes for true and false.</summary>
    [GeneratedRegex(@"^([-+]?0[0-9_]+|[-+]?0[xob][0-9a-fA-F_]+|[-+]?[0-9][0-9_]*_[0-9_]*|[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+|[-+]?\.[0-9]+|\+[0-9].*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|True|TRUE|False|FALSE)$")]
    private static partial Regex Ambiguous();

    [GeneratedRegex(@"^-?[0-9]+\.[0-9]+$")]
    private static partial Regex Decimal();
}
