using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Plans;

/// <summary>
/// The <c>with:</c> block of a step, gate or check: a tree of JSON values already held against the kind's <see cref="StepKindShape"/> when the plan was read, so
/// that a kind may take what it declared without checking again. <c>${steps.NAME.OUTPUT}</c> stands for the output of an earlier step and is replaced before the
/// step is prepared; nothing else is templated.
/// </summary>
public sealed record StepParameters(JsonObject Values)
{
    /// <summary>No parameters.</summary>
    public static StepParameters None { get; } = new(new JsonObject());

    /// <summary>True when the parameter was given.</summary>
    public bool Has(string name) => Values[name] is not null;

    /// <summary>A required text (numbers and booleans come as their text).</summary>
    public string Text(string name) => OptionalText(name) ?? throw new ArgumentException($"parameter '{name}' is missing");

    /// <summary>An optional text.</summary>
    public string? OptionalText(string name) => Values[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        { } node => node.ToJsonString(),
    };

    /// <summary>A required whole number.</summary>
    public long Integer(string name) => long.Parse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>A duration as written in YAML (<c>500ms</c>, <c>30s</c>, <c>4h</c>), or the default.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise) =>
        OptionalText(name) is { } text ? Durations.TryParse(text, out var value) ? value : throw new ArgumentException($"parameter '{name}': '{text}' is no duration") : otherwise;

    /// <summary>A list of texts; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Values[name] is JsonArray array ? [.. array.Select(item => item is JsonValue v && v.TryGetValue<string>(out var text) ? text : item?.ToJsonString() ?? "")] : [];

    /// <summary>A nested object; null when absent.</summary>
    public JsonObject? Object(string name) => Values[name] as JsonObject;
}
