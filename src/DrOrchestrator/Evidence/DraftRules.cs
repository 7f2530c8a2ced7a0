using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Evidence;

/// <summary>What the format asks of a draft; refused here, because a record that breaks the format can never be taken out of the log again.</summary>
internal static partial class DraftRules
{
    public static void Check(EvidenceDraft draft)
    {
        if (!Kind().IsMatch(draft.Kind))
        {
            throw new ArgumentException($"The kind '{draft.Kind}' is not a dotted lower-case word such as 'run.opened' (letters, digits, '-', at most 100 characters).");
        }

        if (draft.Actor.Length == 0)
        {
            throw new ArgumentException($"The record {draft.Kind} has no actor; it is a person's id or 'system'.");
        }

        if (draft.Run is < 1)
        {
            throw new ArgumentException($"The record {draft.Kind} has the run number {draft.Run}; run numbers start at 1.");
        }

        if (draft.Kind == EvidenceKinds.RunOpened && draft.Run is null)
        {
            throw new ArgumentException($"A record {EvidenceKinds.RunOpened} needs its run number.");
        }
    }

    /// <summary>Hashes of the objects a payload refers to: every property named <c>object</c>, at any depth, whose value is 64 lower-case hex digits.</summary>
    public static IEnumerable<string> ObjectsOf(JsonNode? node) => node switch
    {
        JsonObject properties => properties.SelectMany(property => property.Key == "object" && IsHash(property.Value) is { } hash ? [hash] : ObjectsOf(property.Value)),
        JsonArray items => items.SelectMany(ObjectsOf),
        _ => [],
    };

    private static string? IsHash(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.TryGetValue<string>(out var text) && Hash().IsMatch(text) ? text : null;

    [GeneratedRegex(@"^(?=.{1,100}\z)[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hash();
}
