using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>Change, marks and preconditions in one request, in each form of a patch. Pure.</summary>
internal static class PatchBody
{
    private const string Annotations = "/metadata/annotations";
    private const string Labels = "/metadata/labels";

    /// <param name="seen">The object that it is meant for: the server refuses it for any other, and for a later state of this one.</param>
    /// <param name="mark">Null for a dry run that asks whose the fields are: marks have owners of their own.</param>
    public static JsonNode Of(PatchType type, JsonNode patch, JsonObject seen, EffectMark? mark) =>
        type is PatchType.Json ? Operations(patch.AsArray().Select(one => one!.AsObject()), seen, mark) : Fields(type, patch.AsObject(), seen, mark);

    /// <summary>The marks come before the operations, so that these find the mapping there.</summary>
    public static JsonArray Operations(IEnumerable<JsonObject> operations, JsonObject seen, EffectMark? mark)
    {
        // A test that fails is 422, as any mistake; a resourceVersion that is not the newest is 409, and is looked at again.
        var body = new JsonArray(FieldChanges.Operation("test", "/metadata/uid", seen["metadata"]!["uid"]), FieldChanges.Operation("replace", "/metadata/resourceVersion", seen["metadata"]!["resourceVersion"]));
        var changes = operations.ToList();
        if (seen["metadata"]!["annotations"] is null)
        {
            body.Add(FieldChanges.Operation("add", Annotations, new JsonObject()));
        }

        if (seen["metadata"]!["labels"] is null && changes.Exists(one => one["path"]!.ToString().StartsWith(Labels + "/", StringComparison.Ordinal)))
        {
            body.Add(FieldChanges.Operation("add", Labels, new JsonObject()));
        }

        foreach (var (name, value) in mark?.Annotations ?? new Dictionary<string, string>())
        {
            body.Add(FieldChanges.Operation("add", Annotations + FieldChanges.PointerOf([name]), JsonValue.Create(value)));
        }

        changes.ForEach(one => body.Add(one.DeepClone()));
        return body;
    }

    private static JsonObject Fields(PatchType type, JsonObject patch, JsonObject seen, EffectMark? mark)
    {
        var body = patch.DeepClone().AsObject();
        var metadata = body["metadata"] as JsonObject ?? [];
        body["metadata"] = metadata;
        metadata["uid"] = seen["metadata"]!["uid"]!.DeepClone();
        metadata["resourceVersion"] = seen["metadata"]!["resourceVersion"]!.DeepClone();
        if (type is PatchType.Apply)
        {
            body["apiVersion"] = seen["apiVersion"]!.DeepClone();
            body["kind"] = seen["kind"]!.DeepClone();
            metadata["name"] = seen["metadata"]!["name"]!.DeepClone();
        }

        if (mark is not null)
        {
            var annotations = metadata["annotations"] as JsonObject ?? [];
            metadata["annotations"] = annotations;
            foreach (var (name, value) in mark.Annotations)
            {
                annotations[name] = value;
            }
        }

        return body;
    }
}
