using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>
/// A place in an object, in the part of kubectl's JSONPath that plans need: <c>.status.readyReplicas</c>, <c>.spec.containers[0].image</c>,
/// <c>.metadata.annotations['cnpg.io/hibernation']</c>, <c>.status.conditions[?(@.type=="Ready")].status</c>; <c>\.</c> is a dot in a name, and <c>$</c> in front and braces around are allowed.
/// </summary>
internal sealed partial class ObjectPath
{
    public const string Allowed = """names, indexes and filters by equality, such as .status.readyReplicas, .spec.containers[0].image, .metadata.labels['a.b/c'] or .status.conditions[?(@.type=="Ready")].status""";

    private readonly IReadOnlyList<Part> _parts;
    private readonly string _text;

    private ObjectPath(string text, IReadOnlyList<Part> parts) => (_text, _parts) = (text, parts);

    /// <summary>Whether it looks into what a controller says, and not into what was asked of it.</summary>
    public bool IsOfStatus => _parts[0].Name == "status";

    /// <exception cref="FormatException">It is none.</exception>
    public static ObjectPath Parse(string text)
    {
        var bare = (text.StartsWith('{') && text.EndsWith('}') ? text[1..^1] : text).TrimStart('$');
        var found = Pattern().Matches(bare);
        return bare.Length > 0 && found.Sum(match => match.Length) == bare.Length
            ? new ObjectPath(bare, [.. found.Select(Read)])
            : throw new FormatException($"'{text}' is no path; allowed: {Allowed}");
    }

    /// <summary>What stands there, as text; only a filter can find more than one.</summary>
    public IReadOnlyList<string> Find(JsonNode? root) =>
        [.. _parts.Aggregate((IEnumerable<JsonNode?>)[root], (places, part) => places.SelectMany(place => Step(place, part))).OfType<JsonNode>().Select(Text)];

    public override string ToString() => _text;

    private static IEnumerable<JsonNode?> Step(JsonNode? place, Part part) => (place, part) switch
    {
        (JsonObject o, { Name: { } name }) => [o[name]],
        (JsonArray a, { Filter: { } filter }) => a.Where(item => filter.Find(item) is [var value] && value == part.Value),
        (JsonArray a, { Index: { } index }) when index < a.Count => [a[index]],
        _ => [],
    };

    private static Part Read(Match match)
    {
        var (index, filter) = (match.Groups["index"], match.Groups["filter"]);
        return index.Success ? new Part(null, int.Parse(index.Value, CultureInfo.InvariantCulture), null, null)
            : filter.Success ? new Part(null, null, Parse(filter.Value), match.Groups["value"].Value)
            : new Part(match.Groups["name"] is { Success: true } name ? name.Value.Replace(@"\.", ".", StringComparison.Ordinal) : match.Groups["quoted"].Value, null, null, null);
    }

    private static string Text(JsonNode node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node.ToJsonString();

    // Anchored to where the one before ended, so that what lies between two parts cannot be passed over.
    [GeneratedRegex("""\G(\.(?<name>([A-Za-z0-9_/-]|\\\.)+)|\[(?<index>[0-9]{1,6})\]|\[(?<quote>['"])(?<quoted>[^'"\]]+)\k<quote>\]|\[\?\(@(?<filter>(\.[A-Za-z0-9_-]+)+)\s*==\s*(?<quote>['"])(?<value>[^'"]*)\k<quote>\)\])""")]
    private static partial Regex Pattern();

    /// <summary>One of name, index, filter with its value.</summary>
    private sealed record Part(string? Name, int? Index, ObjectPath? Filter, string? Value);
}
