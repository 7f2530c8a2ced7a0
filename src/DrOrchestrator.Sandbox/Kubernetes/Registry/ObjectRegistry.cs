using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>The rules of creating, changing and applying objects, the same for requests, controllers and the kubelet.</summary>
internal sealed class ObjectRegistry(ObjectStore store, TimeProvider time)
{
    /// <summary>The scheduler's way to write: node and status at once.</summary>
    public const string Binding = "binding";

    public ObjectStore Store => store;

    public TimeProvider Time => time;

    public StoredObject Create(ObjectKey key, JsonObject content, Writer writer, bool dryRun = false)
    {
        ObjectNames.Check(key);
        CheckNamespace(key);
        return store.Transact(key, dryRun, current =>
        {
            if (current is not null)
            {
                throw ApiRefusal.AlreadyExists(key);
            }

            if (content.At("metadata", "resourceVersion") is not null)
            {
                throw ApiRefusal.BadRequest("resourceVersion should not be set on objects to be created");
            }

            var made = Fresh(key, content);

            // The status it is born with is nobody's.
            var nothing = new JsonObject { ["metadata"] = new JsonObject() };
            nothing.Put("status", key.Kind.HasStatus ? made["status"] : null);
            FieldOwnership.Updated(nothing, made, writer, key.Kind.ApiVersion, time.GetUtcNow());
            return new Decision.Put(Finish(key, made));
        })!;
    }

    /// <summary>Changes an object; a change that leaves it as it was writes nothing.</summary>
    /// <param name="change">Gets a copy to change, or answers another object to take its place.</param>
    /// <param name="isPatch">The change came as a patch.</param>
    public StoredObject Update(ObjectKey key, Writer writer, Func<JsonObject, JsonObject> change, bool dryRun = false, bool isPatch = false) =>
        store.Transact(key, dryRun, current =>
        {
            if (current is null)
            {
                throw ApiRefusal.NotFound(key);
            }

            var before = current.Parse();
            var after = change(current.Parse());
            CheckPreconditions(key, before, after, isPatch);
            var managers = FieldOwnership.Asked(before, after, writer);
            KeepWhatIsNotTheirs(key, before, after, writer.Subresource);
            after["metadata"]!.AsObject().Put("managedFields", managers);
            ObjectDefaults.Fill(key.Kind, after);
            return Conclude(key, before, after, () => FieldOwnership.Updated(before, after, writer, key.Kind.ApiVersion, time.GetUtcNow()));
        })!;

    /// <summary>Server-side apply. The second value says whether the object was made by this.</summary>
    public (StoredObject Stored, bool Created) Apply(ObjectKey key, JsonObject configuration, Writer writer, bool force, bool dryRun)
    {
        ObjectNames.Check(key);
        CheckNamespace(key);
        var created = false;
        var wanted = AppliedPart(key.Kind, configuration);
        var stored = store.Transact(key, dryRun, current =>
        {
            if (current is null)
            {
                CheckApplyToNothing(key, configuration);
                created = true;
                var made = Fresh(key, FieldOwnership.Apply(Identity(key), wanted, writer, key.Kind.ApiVersion, force, time.GetUtcNow()), keepManagers: true);
                return new Decision.Put(Finish(key, made));
            }

            var before = current.Parse();
            CheckPreconditions(key, before, configuration, isPatch: true);
            var after = FieldOwnership.Apply(before, wanted, writer, key.Kind.ApiVersion, force, time.GetUtcNow());
            var managers = after.At("metadata", "managedFields");
            KeepWhatIsNotTheirs(key, before, after, writer.Subresource);
            after["metadata"]!.AsObject().Put("managedFields", managers);
            ObjectDefaults.Fill(key.Kind, after);
            return Conclude(key, before, after, () => { });
        })!;
        return (stored, created);
    }

    private Decision Conclude(ObjectKey key, JsonObject before, JsonObject after, Action settleOwnership)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return Decision.Keep.It;
        }

        Finish(key, after);
        ObjectRules.CheckChange(key, before, after);
        if (key.Kind.HasGeneration && !JsonNode.DeepEquals(before["spec"], after["spec"]))
        {
            after["metadata"]!["generation"] = (before.Number("metadata", "generation") ?? 0) + 1;
        }

        settleOwnership();
        return Deletion.IsComplete(after) ? new Decision.Remove(after) : new Decision.Put(after);
    }

    private static JsonObject Finish(ObjectKey key, JsonObject content)
    {
        ObjectRules.Check(key, content);
        return content;
    }

    private JsonObject Fresh(ObjectKey key, JsonObject content, bool keepManagers = false)
    {
        var made = content.DeepClone().AsObject();
        made["apiVersion"] = key.Kind.ApiVersion;
        made["kind"] = key.Kind.Kind;
        var metadata = made.Obtain("metadata");
        metadata["name"] = key.Name;
        metadata.Put("namespace", key.Kind.Namespaced ? JsonValue.Create(key.Namespace) : null);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = time.GetUtcNow().ToSeconds();
        metadata.Remove("generation");
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("resourceVersion");
        if (key.Kind.HasGeneration)
        {
            metadata["generation"] = 1;
        }

        if (!keepManagers)
        {
            metadata.Remove("managedFields");
        }

        if (key.Kind == ResourceKind.Claims)
        {
            metadata["finalizers"] = new JsonArray(Deletion.ClaimFinalizer);
        }

        if (key.Kind.HasStatus)
        {
            made["status"] = InitialStatus.Of(key.Kind);
        }

        ObjectDefaults.Fill(key.Kind, made);
        return made;
    }

    private static JsonObject Identity(ObjectKey key) =>
        new() { ["apiVersion"] = key.Kind.ApiVersion, ["kind"] = key.Kind.Kind, ["metadata"] = new JsonObject { ["name"] = key.Name } };

    // A null says nothing, and of an object with a status only the rest is applied.
    private static JsonObject AppliedPart(ResourceKind kind, JsonObject configuration)
    {
        var wanted = JsonPatches.WithoutNulls(configuration);
        if (kind.HasStatus)
        {
            wanted.Remove("status");
        }

        wanted.Obtain("metadata").Remove("managedFields");
        return wanted;
    }

    private static void CheckApplyToNothing(ObjectKey key, JsonObject configuration)
    {
        if (configuration.Text("metadata", "uid") is { Length: > 0 } uid)
        {
            throw ApiRefusal.Conflict(key, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        }

        if (configuration.Text("metadata", "resourceVersion") is { Length: > 0 })
        {
            throw ApiRefusal.Stale(key);
        }
    }

    // A replacement names the uid it wants to replace; a patch would change it, and that is another error.
    private static void CheckPreconditions(ObjectKey key, JsonObject before, JsonObject asked, bool isPatch)
    {
        if (asked.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != before.Text("metadata", "resourceVersion"))
        {
            throw ApiRefusal.Stale(key);
        }

        if (asked.Text("metadata", "uid") is { Length: > 0 } uid && uid != before.Text("metadata", "uid"))
        {
            throw isPatch
                ? ApiRefusal.Invalid(key, "metadata.uid", $"Invalid value: \"{uid}\": field is immutable")
                : ApiRefusal.Conflict(key, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Text("metadata", "uid")}");
        }
    }

    private static void KeepWhatIsNotTheirs(ObjectKey key, JsonObject before, JsonObject after, string subresource)
    {
        var old = before["metadata"]!.AsObject();
        var metadata = after.Obtain("metadata");
        if (metadata.Text("name") is { } name && name != key.Name)
        {
            throw ApiRefusal.BadRequest($"the name of the object ({name}) does not match the name on the URL ({key.Name})");
        }

        foreach (var field in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields" })
        {
            metadata.Put(field, old[field]);
        }

        after["apiVersion"] = key.Kind.ApiVersion;
        after["kind"] = key.Kind.Kind;
        if (subresource == "status")
        {
            after.Put("spec", before["spec"]);
        }
        else if (key.Kind.HasStatus && subresource != Binding)
        {
            after.Put("status", before["status"]);
        }
    }

    private void CheckNamespace(ObjectKey key)
    {
        if (!key.Kind.Namespaced)
        {
            return;
        }

        var home = new ObjectKey(ResourceKind.Namespaces, "", key.Namespace);
        var found = store.Find(home) ?? throw ApiRefusal.NotFound(home);
        if (found.Parse().At("metadata", "deletionTimestamp") is not null && store.Find(key) is null)
        {
            throw ApiRefusal.Forbidden(key, $"unable to create new content in namespace {key.Namespace} because it is being terminated");
        }
    }
}
