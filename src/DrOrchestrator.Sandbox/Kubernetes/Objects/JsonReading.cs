using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>Reads untyped objects by path; what is absent or of another type reads as null.</summary>
internal static class JsonReading
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            if (node is not JsonObject map || !map.TryGetPropertyValue(step, out node))
            {
                return null;
            }
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static int? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number
        && int.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path)?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    public static JsonObject? Map(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray list ? list.OfType<JsonObject>() : [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray list ? list.Select(item => item.Text()).OfType<string>() : [];

    /// <summary>The map under that name, made when it is not there.</summary>
    public static JsonObject Obtain(this JsonObject map, string name)
    {
        if (map[name] is JsonObject existing)
        {
            return existing;
        }

        var made = new JsonObject();
        map[name] = made;
        return made;
    }

    /// <summary>Sets the property to a copy of <paramref name="value"/>, or removes it when that is null.</summary>
    public static void Put(this JsonObject map, string name, JsonNode? value)
    {
        if (value is null)
        {
            map.Remove(name);
        }
        else
        {
            map[name] = value.DeepClone();
        }
    }

    /// <summary>The texts of a map such as labels; anything but text is left out.</summary>
    public static Dictionary<string, string> TextMap(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in node.Map(path) ?? [])
        {
            if (value.Text() is { } text)
            {
                texts[name] = text;
            }
        }

        return texts;
    }

    /// <summary>Names of things in JSON are ours; text of people is not: one writer for all, without escapes of harmless characters.</summary>
    public static readonly JsonSerializerOptions Wire = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToBytes(this JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Wire);
}
