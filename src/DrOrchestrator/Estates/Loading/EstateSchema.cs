using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>
/// The language of estates as a JSON Schema (draft 7), for editors. It is drawn by the loader itself: a sample with every section and every kind in it is read, and what the readers ask of
/// it is what may stand there. It says less than the loader, which knows rules between keys, and never more.
/// </summary>
public static class EstateSchema
{
    private const string Sample = "DrOrchestrator.estate-sample.yaml";
    private const string Part = "a part of an estate";

    /// <summary>The schema of one file of an estate.</summary>
    public static JsonObject Of()
    {
        var sketch = new KeySketch();
        EstateLoader.Walk(SampleFile(), new Problems { Sketch = sketch });
        var definitions = new JsonObject(sketch.Mappings.Where(mapping => mapping.Key != Part).OrderBy(mapping => mapping.Key, StringComparer.Ordinal)
            .Select(mapping => KeyValuePair.Create<string, JsonNode?>(NameOf(mapping.Key), Mapping(sketch, mapping.Value))));
        var schema = Mapping(sketch, sketch.Mappings[Part]);
        schema["$schema"] = "http://json-schema.org/draft-07/schema#";
        schema["title"] = "Estate of DrOrchestrator, or a part of one";
        schema["definitions"] = definitions;

        // Any file may hold any section; all files of the folder together are the estate.
        schema.Remove("required");
        return schema;
    }

    /// <summary>The sample, which is a good estate but for the files it names.</summary>
    internal static byte[] SampleBytes()
    {
        using var stream = typeof(EstateSchema).Assembly.GetManifestResourceStream(Sample)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static SourceFile SampleFile() => SourceFile.Parse(SampleBytes(), "estate-sample.yaml", "estate-sample.yaml", new Problems());

    private static JsonObject Mapping(KeySketch sketch, SketchedMapping mapping)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(mapping.Keys.Where(_ => !mapping.IsOpen).Select(key => KeyValuePair.Create<string, JsonNode?>(key.Key, Key(sketch, key.Value)))),
        };
        if (mapping.IsOpen)
        {
            schema.Remove("properties");
            return schema;
        }

        schema["additionalProperties"] = false;
        var required = mapping.Keys.Where(key => key.Value.RequiredIn.Count == mapping.Seen.Count).Select(key => (JsonNode)key.Key).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }

    private static JsonObject Key(KeySketch sketch, SketchedKey key)
    {
        var schema = Value(sketch, key);
        if (key.Allowed.Length > 0)
        {
            schema["description"] = key.Allowed;
        }

        return schema;
    }

    private static JsonObject Value(KeySketch sketch, SketchedKey key)
    {
        if (key.Forms.Count != 1)
        {
            // More than one way to write it, or none that is told: only what stands in a mapping is known.
            return Whats(sketch, key.Values) is [var what]
                ? new JsonObject { ["if"] = new JsonObject { ["type"] = "object" }, ["then"] = Reference(what) }
                : [];
        }

        return key.Forms.Single() switch
        {
            SketchedForm.Scalar when key.Words is { } words => new JsonObject { ["enum"] = new JsonArray([.. words.SelectMany(Written)]) },
            SketchedForm.Scalar => Scalar(),
            SketchedForm.Mapping => OneOf(Whats(sketch, key.Values), new JsonObject { ["type"] = "object" }),
            _ => new JsonObject
            {
                ["type"] = "array",
                ["items"] = Items(sketch, [.. key.Values.OfType<YamlSequence>().SelectMany(list => list.Items)]),
            },
        };
    }

    /// <summary>Without quotes, a word that looks like a number is one to an editor.</summary>
    private static IEnumerable<JsonNode?> Written(string word) =>
        decimal.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? [JsonValue.Create(word), JsonValue.Create(number)] : [JsonValue.Create(word)];

    /// <summary>Mappings that were read as nothing known, or no item at all, tell nothing.</summary>
    private static JsonObject Items(KeySketch sketch, IReadOnlyList<YamlNode> items) =>
        OneOf(Whats(sketch, items), items.Count > 0 && items.All(item => item is YamlScalar) ? Scalar() : []);

    private static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static List<string> Whats(KeySketch sketch, IEnumerable<YamlNode> nodes) => [.. nodes.Select(sketch.WhatOf).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static JsonObject OneOf(List<string> whats, JsonObject otherwise) => whats switch
    {
        [] => otherwise,
        [var one] => Reference(one),
        _ => new JsonObject { ["anyOf"] = new JsonArray([.. whats.Select(what => (JsonNode)Reference(what))]) },
    };

    private static JsonObject Reference(string what) => new() { ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/definitions/{NameOf(what)}" }) };

    private static string NameOf(string what) => string.Concat(what.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
}
