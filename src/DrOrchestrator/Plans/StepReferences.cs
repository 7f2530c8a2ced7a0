using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Plans;

/// <summary>One <c>${steps.NAME.OUTPUT}</c>.</summary>
public sealed record StepReference(string Step, string Output);

/// <summary>A referenced value is not there although the plan was found good: the step has not run, or did not return what its kind declares.</summary>
public sealed class MissingOutputException(StepReference reference)
    : Exception($"step '{reference.Step}' has no output '{reference.Output}': it has not run to its end, or its kind did not return what it declares");

/// <summary>Values that flow by name from one step to a later one. Nothing else is templated.</summary>
public static partial class StepReferences
{
    /// <summary>Replaces every reference. A text that is exactly one takes the value with its type; elsewhere the value's text is put in.</summary>
    /// <param name="outputsOf">The outputs of a done step, or null.</param>
    /// <exception cref="MissingOutputException">A value is not there.</exception>
    public static StepParameters Fill(StepParameters parameters, Func<string, JsonObject?> outputsOf) => new((JsonObject)Fill(parameters.Values, outputsOf)!);

    /// <summary>Names of the outputs of <paramref name="step"/> that these steps refer to.</summary>
    public static IReadOnlyList<string> To(string step, IEnumerable<PlanStep> steps) =>
        [.. steps.SelectMany(other => Texts(other.Parameters.Values)).SelectMany(text => In(text, out _)).Where(reference => reference.Step == step).Select(reference => reference.Output).Distinct()];

    /// <summary>The references in a text, in order.</summary>
    /// <param name="malformed">True when there is any other <c>${</c>.</param>
    internal static IReadOnlyList<StepReference> In(string text, out bool malformed)
    {
        var matches = Pattern().Matches(text);
        malformed = text.Split("${").Length - 1 != matches.Count;
        return [.. matches.Select(Reference)];
    }

    /// <summary>True when the text is one reference and nothing more.</summary>
    internal static bool IsOne(string text) => Pattern().Match(text) is { Success: true } match && match.Length == text.Length;

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(pair => Texts(pair.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    private static JsonNode? Fill(JsonNode? node, Func<string, JsonObject?> outputsOf) => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Fill(pair.Value, outputsOf)))),
        JsonArray list => new JsonArray([.. list.Select(item => Fill(item, outputsOf))]),
        JsonValue value when value.TryGetValue<string>(out var text) => IsOne(text)
            ? Value(Reference(Pattern().Match(text)), outputsOf).DeepClone()
            : Pattern().Replace(text, match => Text(Value(Reference(match), outputsOf))),
        _ => node?.DeepClone(),
    };

    private static JsonNode Value(StepReference reference, Func<string, JsonObject?> outputsOf) =>
        outputsOf(reference.Step)?[reference.Output] ?? throw new MissingOutputException(reference);

    private static string Text(JsonNode value) => value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : value.ToJsonString();

    private static StepReference Reference(Match match) => new(match.Groups[1].Value, match.Groups[2].Value);

    [GeneratedRegex(@"\$\{steps\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\.([A-Za-z][-_A-Za-z0-9]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
