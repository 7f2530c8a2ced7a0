using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>One field that a write changes.</summary>
/// <param name="Path">Keys, and for an element of a list of named things its name.</param>
/// <param name="Before">Null for none.</param>
/// <param name="After">Null for none.</param>
internal sealed record FieldChange(IReadOnlyList<string> Path, JsonNode? Before, JsonNode? After)
{
    /// <summary>How many parts of the path lead to the topmost mapping that was not there before, as <c>livenessProbe</c> of a container without one; null where all were.</summary>
    public int? Made { get; init; }

    /// <summary>As a JSON pointer (RFC 6901), with names where lists have them.</summary>
    public string Pointer => FieldChanges.PointerOf(Path);
}

/// <summary>
/// Which fields a write changes, leaf by leaf, so that exactly these are put back and what others put beside them is not taken along. Lists in which every element has a name and the names stay
/// as they are (containers, environments, volumes) are compared element by element; any other list counts as one value. Pure.
/// </summary>
internal static class FieldChanges
{
    private const string Name = "name";

    /// <summary>Between two states of an object: of everything but its status, what the server writes itself, and our own marks.</summary>
    public static IReadOnlyList<FieldChange> Between(JsonObject before, JsonObject after) => [.. Differences(Comparable(before), Comparable(after), [])];

    /// <summary>What two writes change together: each field from what it was before the first of them to what it is after the second.</summary>
    /// <param name="would">The object after the second.</param>
    public static IReadOnlyList<FieldChange> Behind(IReadOnlyList<FieldChange> first, IReadOnlyList<FieldChange> second, JsonObject would) =>
    [
        .. first.Select(change => change with { After = Find(would, change.Path)?.DeepClone() }),
        .. second.Where(change => first.All(other => !other.Path.SequenceEqual(change.Path))),
    ];

    /// <summary>What would become of an object, for people.</summary>
    public static TriedObject Tried(ObjectAddress address, IReadOnlyList<FieldChange> changes) => new(
        address.ToString(), changes.Count > 0 ? TriedAnswer.Changes : TriedAnswer.Unchanged, [.. changes.Select(change => new TriedField(change.Pointer, change.Before?.ToJsonString(), change.After?.ToJsonString()))]);

    public static JsonArray ToJson(IEnumerable<FieldChange> changes) => new([.. changes.Select(change =>
    {
        var entry = new JsonObject { ["path"] = JournalJson.Array(change.Path) };
        foreach (var (key, value) in ((string, JsonNode?)[])[("before", change.Before), ("after", change.After)])
        {
            if (value is not null)
            {
                entry[key] = value.DeepClone();
            }
        }

        if (change.Made is { } made)
        {
            entry["made"] = made;
        }

        return entry;
    })]);

    public static IReadOnlyList<FieldChange> FromJson(JsonNode? changes) =>
        [.. (changes as JsonArray ?? []).Select(entry => new FieldChange([.. entry!["path"]!.AsArray().Select(part => part!.ToString())], entry["before"], entry["after"]) { Made = (int?)entry["made"] })];

    /// <summary>The value at a path; null for none.</summary>
    public static JsonNode? Find(JsonNode? of, IReadOnlyList<string> path) => path.Aggregate(of, (node, part) => node switch
    {
        JsonObject map => map[part],
        JsonArray list => Element(list, part) is >= 0 and var at ? list[at] : null,
        _ => null,
    });

    /// <summary>The first change whose field has another value than <paramref name="value"/> says; null where all have theirs.</summary>
    public static FieldChange? FirstOther(JsonObject seen, IEnumerable<FieldChange> changes, Func<FieldChange, JsonNode?> value) => changes.FirstOrDefault(change => !Has(seen, change, value(change)));

    /// <summary>The first change whose field has neither its value from before nor the one from after; null where each has one of them.</summary>
    public static FieldChange? FirstForeign(JsonObject seen, IEnumerable<FieldChange> changes) => changes.FirstOrDefault(change => !Has(seen, change, change.Before) && !Has(seen, change, change.After));

    /// <summary>What the fields have now, by their pointers, for whoever takes the changes back.</summary>
    public static JsonObject Values(JsonObject seen, IEnumerable<FieldChange> changes) => new(changes.Select(change => KeyValuePair.Create(change.Pointer, Find(seen, change.Path)?.DeepClone())));

    /// <summary>The changes with what they had led to, as <see cref="Values"/> kept it; as they were meant where nothing was kept.</summary>
    public static IReadOnlyList<FieldChange> Led(IEnumerable<FieldChange> changes, JsonNode? values) => [.. changes.Select(change => values is JsonObject kept ? change with { After = kept[change.Pointer] } : change)];

    /// <summary>
    /// Operations (RFC 6902) that put the values before the changes back into an object as it was seen. A mapping that was made on the way goes with the last field in it: left empty it would be
    /// another state than before, and often none that a server takes (a probe without a handler).
    /// </summary>
    public static IEnumerable<JsonObject> Back(JsonObject seen, IEnumerable<FieldChange> changes)
    {
        var work = seen.DeepClone();
        foreach (var change in changes)
        {
            var (node, pointer) = (work, "");
            foreach (var part in change.Path.SkipLast(1))
            {
                if (node is JsonArray list)
                {
                    var at = Element(list, part);
                    (node, pointer) = (list[at]!, FormattableString.Invariant($"{pointer}/{at}"));
                    continue;
                }

                var map = node.AsObject();
                pointer = $"{pointer}/{Escape(part)}";
                if (map[part] is null)
                {
                    map[part] = new JsonObject();
                    yield return Operation("add", pointer, new JsonObject());
                }

                node = map[part]!;
            }

            var (last, parent) = (change.Path[^1], node.AsObject());
            var at0 = $"{pointer}/{Escape(last)}";
            if (change.Before is not null)
            {
                parent[last] = change.Before.DeepClone();
                yield return Operation("add", at0, change.Before);
            }
            else if (parent.Remove(last))
            {
                yield return Removal(at0);
                for (var at = change.Path.Count - 1; at >= change.Made && Find(work, [.. change.Path.Take(at)]) is JsonObject { Count: 0 }; at--)
                {
                    Find(work, [.. change.Path.Take(at - 1)])!.AsObject().Remove(change.Path[at - 1]);
                    pointer = pointer[..pointer.LastIndexOf('/')];
                    yield return Removal($"{pointer}/{Escape(change.Path[at - 1])}");
                }
            }
        }
    }

    public static string PointerOf(IEnumerable<string> path) => string.Concat(path.Select(part => $"/{Escape(part)}"));

    public static JsonObject Operation(string op, string pointer, JsonNode? value) => new() { ["op"] = op, ["path"] = pointer, ["value"] = value?.DeepClone() };

    private static JsonObject Removal(string pointer) => new() { ["op"] = "remove", ["path"] = pointer };

    private static string Escape(string part) => part.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static bool Has(JsonObject seen, FieldChange change, JsonNode? value) => Reaches(seen, change.Path) && JsonNode.DeepEquals(Find(seen, change.Path), value);

    private static JsonObject Comparable(JsonObject of)
    {
        var kept = new JsonObject(of.Where(entry => entry.Key is not ("apiVersion" or "kind" or "metadata" or "status")).Select(Copy));
        var metadata = of["metadata"] as JsonObject ?? [];
        kept["metadata"] = new JsonObject
        {
            ["labels"] = new JsonObject((metadata["labels"] as JsonObject ?? []).Select(Copy)),
            ["annotations"] = new JsonObject((metadata["annotations"] as JsonObject ?? []).Where(entry => !PatchSettings.IsMark(entry.Key)).Select(Copy)),
        };
        return kept;
    }

    private static KeyValuePair<string, JsonNode?> Copy(KeyValuePair<string, JsonNode?> entry) => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone());

    private static IEnumerable<FieldChange> Differences(JsonNode? before, JsonNode? after, IReadOnlyList<string> path, int? made = null)
    {
        switch (before, after)
        {
            case (JsonObject or null, JsonObject map) when before is not null || map.Count > 0:
                var old = before as JsonObject ?? [];
                return old.Select(entry => entry.Key).Union(map.Select(entry => entry.Key)).SelectMany(key => Differences(old[key], map[key], [.. path, key], before is null ? made ?? path.Count : null));
            case (JsonArray one, JsonArray other) when Names(one) is { } names && Names(other) is { } others && names.SequenceEqual(others):
                return names.SelectMany((name, i) => Differences(one[i], other[i], [.. path, name]));
            default:
                return JsonNode.DeepEquals(before, after) ? [] : [new FieldChange(path, before?.DeepClone(), after?.DeepClone()) { Made = made }];
        }
    }

    /// <summary>Null where an element has none, or two have the same.</summary>
    private static List<string>? Names(JsonArray list)
    {
        var names = list.Select(item => item is JsonObject element && element[Name] is JsonValue value && value.TryGetValue(out string? name) ? name : null).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return names.Count > 0 && names.Count == list.Count ? names : null;
    }

    private static int Element(JsonArray list, string name) => list.IndexOf(list.FirstOrDefault(item => item is JsonObject element && element[Name]?.ToString() == name));

    /// <summary>Whether every list on the way still has its element.</summary>
    private static bool Reaches(JsonNode? node, IReadOnlyList<string> path)
    {
        foreach (var part in path.SkipLast(1))
        {
            if (node is JsonArray list && Element(list, part) < 0)
            {
                return false;
            }

            node = Find(node, [part]);
            if (node is JsonValue)
            {
                return false;
            }
        }

        return node is not JsonArray;
    }
}
