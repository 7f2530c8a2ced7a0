using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Ownership;

/// <summary>Keeps <c>metadata.managedFields</c> as Kubernetes does: writers own what they change, appliers own what they say, and collide unless they force.</summary>
internal static class FieldOwnership
{
    /// <summary>
    /// The owners that an update itself names: it may change them, as one does that makes its own fields an applier's or lets them go. An empty list, or one with one empty entry, takes all away;
    /// where there is none they stay, as with a client that knows nothing of them, and so they do for a subresource.
    /// </summary>
    public static JsonNode? Asked(JsonObject before, JsonObject asked, Writer writer) => asked.At("metadata", "managedFields") switch
    {
        JsonArray and ([] or [JsonObject { Count: 0 }]) when writer.Subresource.Length == 0 => null,
        JsonArray list when writer.Subresource.Length == 0 => list.DeepClone(),
        _ => before.At("metadata", "managedFields"),
    };

    /// <summary>After a create, PUT or patch: the writer owns what it changed, and nobody else does any more.</summary>
    public static void Updated(JsonObject before, JsonObject after, Writer writer, string apiVersion, DateTimeOffset now)
    {
        var old = Leaves.Of(before);
        var next = Leaves.Of(after);
        var changed = next.ChangedSince(old);
        var removed = next.RemovedSince(old);
        var managers = FieldManager.Read(after);
        var result = new List<FieldManager>();
        var own = managers.Find(manager => manager.Is(writer, Writer.Update, apiVersion))
            ?? new FieldManager(writer.Manager, Writer.Update, apiVersion, writer.Subresource, "", FieldSet.Empty);
        foreach (var manager in managers.Where(manager => !manager.Is(writer, Writer.Update, apiVersion)))
        {
            result.Add(manager with { Fields = manager.Fields.Without(changed).Without(removed) });
        }

        var fields = own.Fields.With(changed.Paths).Without(removed);
        result.Add(own with { Fields = fields, Time = changed.IsEmpty && removed.IsEmpty ? own.Time : now.ToSeconds() });
        FieldManager.Write(after, result);
    }

    /// <summary>The live object with the configuration applied and ownership settled.</summary>
    /// <exception cref="ApiRefusal">Fields with another value belong to others and <paramref name="force"/> is not set.</exception>
    public static JsonObject Apply(JsonObject live, JsonObject configuration, Writer writer, string apiVersion, bool force, DateTimeOffset now)
    {
        var managers = FieldManager.Read(live);
        var own = managers.Find(manager => manager.Is(writer, Writer.Apply, apiVersion));
        var others = managers.Where(manager => manager != own).ToList();
        var wanted = Leaves.Of(configuration).Fields;
        var liveLeaves = Leaves.Of(live);

        var merged = ApplyMerge.Merge(live, configuration);
        var changed = Leaves.Of(merged).ChangedSince(liveLeaves);
        if (!force)
        {
            RefuseConflicts(others, changed);
        }

        var dropped = (own?.Fields ?? FieldSet.Empty).Without(wanted);
        ApplyMerge.Prune(merged, dropped, wanted.With(others.SelectMany(other => other.Fields.Paths)));
        var removed = Leaves.Of(merged).RemovedSince(liveLeaves);
        var result = others.Select(other => other with { Fields = other.Fields.Without(changed).Without(removed) }).ToList();
        var untouched = own is not null && own.Fields.SameAs(wanted) && changed.IsEmpty && removed.IsEmpty;
        result.Add(new FieldManager(writer.Manager, Writer.Apply, apiVersion, writer.Subresource, untouched ? own!.Time : now.ToSeconds(), wanted));
        FieldManager.Write(merged, result);
        return merged;
    }

    private static void RefuseConflicts(List<FieldManager> others, FieldSet changed)
    {
        var conflicts = new List<(string Field, string Manager)>();
        foreach (var other in others)
        {
            foreach (var path in other.Fields.Common(changed).Paths.Order(StringComparer.Ordinal))
            {
                conflicts.Add((FieldPath.ForPeople(path), other.ForPeople()));
            }
        }

        if (conflicts.Count == 1)
        {
            throw ApiRefusal.FieldsOwned(conflicts, $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Field}");
        }

        if (conflicts.Count > 1)
        {
            var parts = conflicts.GroupBy(conflict => conflict.Manager).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"conflicts with {group.Key}:\n{string.Join("\n", group.Select(conflict => "- " + conflict.Field))}");
            throw ApiRefusal.FieldsOwned(conflicts, $"Apply failed with {conflicts.Count} conflicts: {string.Join("\n", parts)}");
        }
    }
}
