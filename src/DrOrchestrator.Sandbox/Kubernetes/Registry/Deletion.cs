using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>The rules of deleting: pods get their grace period, finalizers hold an object, dependents follow or stay as asked.</summary>
internal static class Deletion
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";
    public const string ClaimFinalizer = "kubernetes.io/pvc-protection";

    /// <summary>Holds a namespace until what is in it is gone.</summary>
    public const string NamespaceFinalizer = "kubernetes";

    /// <summary>Nothing holds the object any more: it asked for deletion, its grace is used up and no finalizer is left.</summary>
    public static bool IsComplete(JsonObject content) =>
        content.At("metadata", "deletionTimestamp") is not null
        && (content.Number("metadata", "deletionGracePeriodSeconds") ?? 0) == 0
        && content.At("metadata", "finalizers") is not JsonArray { Count: > 0 };

    /// <summary>Deletes, or begins to. Answers the object's last or present state.</summary>
    public static StoredObject Delete(this ObjectRegistry registry, ObjectKey key, DeleteOptions options) =>
        registry.Store.Transact(key, options.DryRun, current =>
        {
            if (current is null)
            {
                throw ApiRefusal.NotFound(key);
            }

            var content = current.Parse();
            Check(key, content, options);
            var before = content.DeepClone();
            Mark(key.Kind, content, options, registry.Time.GetUtcNow());
            return IsComplete(content) ? new Decision.Remove(content)
                : JsonNode.DeepEquals(before, content) ? Decision.Keep.It
                : new Decision.Put(content);
        })!;

    private static void Check(ObjectKey key, JsonObject content, DeleteOptions options)
    {
        var uid = content.Text("metadata", "uid");
        if (options.Uid is not null && options.Uid != uid)
        {
            throw ApiRefusal.WrongPrecondition(
                key, $"the UID in the precondition ({options.Uid}) does not match the UID in record ({uid}). The object might have been deleted and then recreated");
        }

        var version = content.Text("metadata", "resourceVersion");
        if (options.Version is not null && options.Version != version)
        {
            throw ApiRefusal.WrongPrecondition(
                key, $"the ResourceVersion in the precondition ({options.Version}) does not match the ResourceVersion in record ({version}). The object might have been modified");
        }
    }

    private static void Mark(ResourceKind kind, JsonObject content, DeleteOptions options, DateTimeOffset now)
    {
        var metadata = content["metadata"]!.AsObject();
        var grace = GraceOf(kind, content, options);
        var already = metadata.Number("deletionGracePeriodSeconds");
        if (metadata["deletionTimestamp"] is null)
        {
            if (metadata.Number("generation") is { } generation)
            {
                metadata["generation"] = generation + 1;
            }

            AddFinalizers(kind, metadata, options.Propagation);
        }
        else if (already is null || grace >= already)
        {
            return;
        }

        metadata["deletionTimestamp"] = now.AddSeconds(grace).ToSeconds();
        metadata["deletionGracePeriodSeconds"] = grace;
        if (kind == ResourceKind.Namespaces)
        {
            content.Obtain("status")["phase"] = "Terminating";
        }
    }

    // Only pods that a kubelet looks after have something to wait for.
    private static int GraceOf(ResourceKind kind, JsonObject content, DeleteOptions options)
    {
        if (kind != ResourceKind.Pods || content.Text("spec", "nodeName") is not { Length: > 0 } || content.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return 0;
        }

        return options.GraceSeconds ?? content.Number("spec", "terminationGracePeriodSeconds") ?? 30;
    }

    private static void AddFinalizers(ResourceKind kind, JsonObject metadata, string propagation)
    {
        var finalizer = kind == ResourceKind.Namespaces ? NamespaceFinalizer
            : propagation switch { "Foreground" => ForegroundFinalizer, "Orphan" => OrphanFinalizer, _ => null };
        if (finalizer is null || kind == ResourceKind.Pods)
        {
            return;
        }

        if (metadata["finalizers"] is not JsonArray finalizers)
        {
            finalizers = [];
            metadata["finalizers"] = finalizers;
        }

        finalizers.Add(finalizer);
    }
}
