using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>An object as a controller reads it. <see cref="Content"/> is shared by all controllers of a pass and must not be changed.</summary>
internal sealed record Live(ObjectKey Key, string Uid, JsonObject Content)
{
    public bool Deleting => Content.At("metadata", "deletionTimestamp") is not null;

    public JsonObject Spec => Content.Map("spec") ?? [];

    public JsonObject? Status => Content.Map("status");

    public int Generation => Content.Number("metadata", "generation") ?? 0;

    public DateTimeOffset CreatedAt => Moments.Parse(Content.Text("metadata", "creationTimestamp")) ?? DateTimeOffset.UnixEpoch;

    /// <summary>UID of the owner that controls it.</summary>
    public string? Controller => Content.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller") == true)?.Text("uid");

    public IReadOnlyDictionary<string, string> Labels => Content.TextMap("metadata", "labels");
}

/// <summary>One look of the controllers at everything, and their hands to change it.</summary>
internal sealed class Pass(ObjectRegistry registry, LiveObjects objects, DateTimeOffset now)
{
    private static readonly Writer Manager = new("kube-controller-manager");

    public ObjectRegistry Registry => registry;

    public DateTimeOffset Now => now;

    /// <summary>When to look again though nothing changes; null: no need.</summary>
    public DateTimeOffset? NextLook { get; private set; }

    public IReadOnlyList<Live> All(ResourceKind kind) => objects.All(kind);

    public IEnumerable<Live> OwnedBy(Live owner, ResourceKind kind) =>
        All(kind).Where(live => live.Key.Namespace == owner.Key.Namespace && live.Controller == owner.Uid);

    public void LookAgainAt(DateTimeOffset moment) => NextLook = NextLook is { } earlier && earlier < moment ? earlier : moment;

    public void Create(Live owner, ResourceKind kind, string name, JsonObject content, bool controlled = true)
    {
        content["apiVersion"] = kind.ApiVersion;
        content["kind"] = kind.Kind;
        if (controlled)
        {
            content.Obtain("metadata")["ownerReferences"] = new JsonArray(Reference(owner));
        }

        registry.Create(new ObjectKey(kind, owner.Key.Namespace, name), content, Manager);
    }

    public void Delete(Live live) => registry.Delete(live.Key, new DeleteOptions(Uid: live.Uid));

    public void Update(Live live, Action<JsonObject> change) => Write(live, Manager, change);

    public void UpdateStatus(Live live, Action<JsonObject> change) =>
        Write(live, Manager with { Subresource = "status" }, content => change(content.Obtain("status")));

    public void Write(Live live, Writer writer, Action<JsonObject> change) => registry.Update(live.Key, writer, content =>
    {
        if (content.Text("metadata", "uid") != live.Uid)
        {
            throw ApiRefusal.NotFound(live.Key);
        }

        change(content);
        return content;
    });

    private static JsonObject Reference(Live owner) => new()
    {
        ["apiVersion"] = owner.Key.Kind.ApiVersion,
        ["kind"] = owner.Key.Kind.Kind,
        ["name"] = owner.Key.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}
