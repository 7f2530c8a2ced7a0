namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>One kind of object the site serves.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Namespaced">False for what belongs to the whole site.</param>
/// <param name="HasStatus">Status is written by the site alone: requests on the object itself leave it as it is.</param>
/// <param name="HasGeneration">Counts changes of its specification.</param>
/// <param name="HasScale">Offers the scale subresource.</param>
internal sealed record ResourceKind(
    string Group,
    string Version,
    string Plural,
    string Singular,
    string Kind,
    string[] ShortNames,
    bool Namespaced = true,
    bool HasStatus = true,
    bool HasGeneration = false,
    bool HasScale = false)
{
    public static readonly ResourceKind Namespaces = new("", "v1", "namespaces", "namespace", "Namespace", ["ns"], Namespaced: false);
    public static readonly ResourceKind Nodes = new("", "v1", "nodes", "node", "Node", ["no"], Namespaced: false);
    public static readonly ResourceKind Pods = new("", "v1", "pods", "pod", "Pod", ["po"]);
    public static readonly ResourceKind Services = new("", "v1", "services", "service", "Service", ["svc"]);
    public static readonly ResourceKind Claims =
        new("", "v1", "persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", ["pvc"]);

    public static readonly ResourceKind Events = new("", "v1", "events", "event", "Event", ["ev"], HasStatus: false);
    public static readonly ResourceKind ConfigMaps = new("", "v1", "configmaps", "configmap", "ConfigMap", ["cm"], HasStatus: false);
    public static readonly ResourceKind Secrets = new("", "v1", "secrets", "secret", "Secret", [], HasStatus: false);
    public static readonly ResourceKind StatefulSets =
        new("apps", "v1", "statefulsets", "statefulset", "StatefulSet", ["sts"], HasGeneration: true, HasScale: true);

    public static readonly ResourceKind Deployments =
        new("apps", "v1", "deployments", "deployment", "Deployment", ["deploy"], HasGeneration: true, HasScale: true);

    public static readonly ResourceKind ReplicaSets =
        new("apps", "v1", "replicasets", "replicaset", "ReplicaSet", ["rs"], HasGeneration: true, HasScale: true);

    public static readonly ResourceKind Jobs = new("batch", "v1", "jobs", "job", "Job", [], HasGeneration: true);
    public static readonly ResourceKind Leases = new("coordination.k8s.io", "v1", "leases", "lease", "Lease", [], HasStatus: false);

    /// <summary>Every kind, in the order of discovery.</summary>
    public static readonly IReadOnlyList<ResourceKind> All =
        [Namespaces, Nodes, Pods, Services, Claims, Events, ConfigMaps, Secrets, StatefulSets, Deployments, ReplicaSets, Jobs, Leases];

    /// <summary><c>apps/v1</c>, or <c>v1</c> for the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>statefulsets.apps</c>, as error messages name it.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public static ResourceKind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);

    public static ResourceKind? OfObject(string? apiVersion, string? kind) =>
        All.FirstOrDefault(known => known.ApiVersion == apiVersion && known.Kind == kind);

    public bool Equals(ResourceKind? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => Qualified;
}

/// <summary>Where an object is: its kind, namespace (empty when it has none) and name.</summary>
internal readonly record struct ObjectKey(ResourceKind Kind, string Namespace, string Name);
