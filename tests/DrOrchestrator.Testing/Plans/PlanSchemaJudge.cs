using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates.Yaml;
using Json.Schema;

namespace DrOrchestrator.Testing.Plans;

/// <summary>Holds YAML against a JSON Schema as an editor does: a judge that shares nothing with the loader but the reading of YAML.</summary>
public static class PlanSchemaJudge
{
    /// <summary>What is wrong, by place; empty where the text is valid.</summary>
    public static IReadOnlyList<string> Problems(JsonObject schema, string yaml)
    {
        var file = SourceFile.Parse(Encoding.UTF8.GetBytes(yaml), "plan.yaml", "plan.yaml", new Problems());
        var results = JsonSchema.FromText(schema.ToJsonString()).Evaluate(Tree(file.Root!), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? [] : [.. results.Details.Where(detail => detail.HasErrors).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")), "not valid"];
    }

    /// <summary>YAML's core schema.</summary>
    private static JsonNode? Tree(YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Tree(entry.Value)))),
        YamlSequence sequence => new JsonArray([.. sequence.Items.Select(Tree)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: true, Text: "true" or "false" } flag => JsonValue.Create(flag.Text == "true"),
        YamlScalar { IsPlain: true } number when decimal.TryParse(number.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) => JsonValue.Create(value),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new ArgumentException($"{node} is nothing an editor reads"),
    };
}
