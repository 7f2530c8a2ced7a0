using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Drills.Steps;

/// <summary>A place in a JSON tree: <c>.status.readyReplicas</c>, <c>.spec.containers[0].image</c>. Names and indexes only.</summary>
internal sealed partial record JsonPath(IReadOnlyList<string> Parts)
{
    public static JsonPath Parse(string text) =>
        Whole().IsMatch(text)
            ? new JsonPath([.. Part().Matches(text).Select(m => m.Value.Trim('.', '[', ']'))])
            : throw new FormatException($"'{text}' is no path; allowed: names and indexes, such as .status.readyReplicas or .spec.containers[0].image");

    /// <summary>The value there as text; null when there is none.</summary>
    public string? Find(JsonNode? root)
    {
        foreach (var part in Parts)
        {
            root = root switch
            {
                JsonObject o => o[part],
                JsonArray a when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < a.Count => a[index],
                _ => null,
            };
        }

        return root switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => root.ToJsonString(),
        };
    }

    [GeneratedRegex(@"^(\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]+\])+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\.[A-Za-z0-9_-]+|\[[0-9]+\]")]
    private static partial Regex Part();
}
