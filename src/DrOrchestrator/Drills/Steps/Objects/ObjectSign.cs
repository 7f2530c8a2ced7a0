using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>Something an object can say of itself: a condition of its status, or the value of a field. Pure.</summary>
/// <param name="Condition">Type of the condition; null where a field is meant.</param>
/// <param name="Values">Any of them; empty where the field need only be there.</param>
internal sealed record ObjectSign(string? Condition, ObjectPath? Path, IReadOnlyList<string> Values)
{
    /// <summary>Keys that describe one.</summary>
    public static readonly IReadOnlyList<string> Keys = ["condition", "status", "json-path", "equals", "one-of"];

    private const string Generation = "observedGeneration";

    public string Asked => (Condition, Values) switch
    {
        ({ } condition, [var status, ..]) => $"condition {condition} = {status}",
        (_, []) => $"{Path} is there",
        (_, [var one]) => $"{Path} = {one}",
        _ => $"{Path} is one of {string.Join(", ", Values)}",
    };

    /// <summary>Null where the parameters describe none.</summary>
    /// <exception cref="FormatException">They cannot be meant.</exception>
    public static ObjectSign? Read(StepParameters parameters)
    {
        var (condition, status, path, equal, any) = (parameters.OptionalText("condition"), parameters.OptionalText("status"), parameters.OptionalText("json-path"), parameters.OptionalText("equals"), parameters.Texts("one-of"));
        return (condition, path) switch
        {
            (null, null) when status is null && equal is null && any.Count == 0 => null,
            ({ }, null) when equal is null && any.Count == 0 => new ObjectSign(condition, null, [status ?? "True"]),
            (null, { }) when status is null && (equal is null || any.Count == 0) => new ObjectSign(null, ObjectPath.Parse(path), equal is null ? any : [equal]),
            _ => throw new FormatException("give either condition, alone or with status, or json-path, alone or with one of equals and one-of"),
        };
    }

    /// <summary>What the object says of it now.</summary>
    public SignSight In(JsonObject seen)
    {
        var condition = Condition is null ? null : (seen["status"]?["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(c => string.Equals(c["type"]?.ToString(), Condition, StringComparison.OrdinalIgnoreCase));
        var values = Path?.Find(seen) ?? (condition?["status"]?.ToString() is { } status ? [status] : []);
        var value = values.Count == 1 && values[0].Length > 0 ? values[0] : null;
        var ofGeneration = condition is null && Path is not { IsOfStatus: true } ? null : Number(condition?[Generation]) ?? Number(seen["status"]?[Generation]);
        return new SignSight(
            value,
            values.Count,
            value is not null && (Values.Count == 0 || Values.Contains(value, Condition is null ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase)),
            ofGeneration < Number(seen["metadata"]?["generation"]) ? ofGeneration : null,
            ObjectWords.Of(seen, condition));
    }

    private static long? Number(JsonNode? node) => long.TryParse(node?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>What was seen of a sign.</summary>
/// <param name="Value">Null where it is not there, empty, or not one.</param>
/// <param name="Places">How many the path found.</param>
/// <param name="Holds">It says what was asked for, of whichever generation.</param>
/// <param name="OldGeneration">The generation it speaks of, where the object is at a later one by now; null where it is of the present one or does not say.</param>
/// <param name="Words">What the object says of how it fares; empty for nothing.</param>
internal sealed record SignSight(string? Value, int Places, bool Holds, long? OldGeneration, string Words);
