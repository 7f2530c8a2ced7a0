using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace DrOrchestrator.Kubernetes;

/// <summary>A Deployment or StatefulSet, the parts that drills look at.</summary>
/// <param name="Replicas">Asked for.</param>
/// <param name="StatusReplicas">Pods that exist, as its controller last said.</param>
/// <param name="Selector">As a label selector of a list call.</param>
internal sealed record Workload(
    WorkloadName Name,
    string Uid,
    string ResourceVersion,
    long Generation,
    long ObservedGeneration,
    int Replicas,
    int StatusReplicas,
    int Updated,
    int Ready,
    int Available,
    string Selector,
    IReadOnlyDictionary<string, string> Annotations,
    IReadOnlyList<FieldOwner> ReplicasOwners)
{
    /// <summary>How many replicas must be of the newest template: not those below a StatefulSet's <c>partition</c>, and none where pods are updated only as somebody deletes them (OnDelete).</summary>
    public int UpdatesAwaited { get; init; } = Replicas;

    /// <summary>Why the controller cannot make pods (quota, admission), in its own words; null when it does not say so.</summary>
    public string? CannotMakePods { get; init; }

    /// <summary>When the controller gave the rollout up (<c>progressDeadlineSeconds</c>), and what it said; null when it did not.</summary>
    public (DateTime? At, string Message)? GivenUp { get; init; }

    public string? Annotation(string name) => Annotations.GetValueOrDefault(name);

    public static Workload From(V1Deployment d) => new(
        new WorkloadName(WorkloadName.Deployment, d.Metadata.Name),
        d.Metadata.Uid,
        d.Metadata.ResourceVersion,
        d.Metadata.Generation ?? 0,
        d.Status?.ObservedGeneration ?? 0,
        d.Spec.Replicas ?? 1,
        d.Status?.Replicas ?? 0,
        d.Status?.UpdatedReplicas ?? 0,
        d.Status?.ReadyReplicas ?? 0,
        d.Status?.AvailableReplicas ?? 0,
        SelectorText(d.Spec.Selector),
        Plain(d.Metadata.Annotations),
        FieldOwner.OfReplicas(d.Metadata))
    {
        CannotMakePods = d.Status?.Conditions?.FirstOrDefault(c => c.Type == "ReplicaFailure" && c.Status == "True")?.Message,
        GivenUp = d.Status?.Conditions?.FirstOrDefault(c => c.Type == "Progressing" && c.Reason == "ProgressDeadlineExceeded") is { } given ? (given.LastUpdateTime, given.Message) : null,
    };

    public static Workload From(V1StatefulSet s) => new(
        new WorkloadName(WorkloadName.StatefulSet, s.Metadata.Name),
        s.Metadata.Uid,
        s.Metadata.ResourceVersion,
        s.Metadata.Generation ?? 0,
        s.Status?.ObservedGeneration ?? 0,
        s.Spec.Replicas ?? 1,
        s.Status?.Replicas ?? 0,
        // Between two updates the controller may leave updatedReplicas out.
        s.Status is { } status && status.UpdateRevision == status.CurrentRevision ? status.Replicas : s.Status?.UpdatedReplicas ?? 0,
        s.Status?.ReadyReplicas ?? 0,
        s.Status?.AvailableReplicas ?? s.Status?.ReadyReplicas ?? 0,
        SelectorText(s.Spec.Selector),
        Plain(s.Metadata.Annotations),
        FieldOwner.OfReplicas(s.Metadata))
    {
        UpdatesAwaited = s.Spec.UpdateStrategy?.Type == "OnDelete" ? 0 : Math.Max(0, (s.Spec.Replicas ?? 1) - (s.Spec.UpdateStrategy?.RollingUpdate?.Partition ?? 0)),
    };

    private static Dictionary<string, string> Plain(IDictionary<string, string>? annotations) => annotations is null ? [] : new Dictionary<string, string>(annotations);

    internal static string SelectorText(V1LabelSelector selector)
    {
        var labels = (selector.MatchLabels ?? new Dictionary<string, string>()).Select(l => $"{l.Key}={l.Value}");
        var expressions = (selector.MatchExpressions ?? []).Select(e => e.OperatorProperty switch
        {
            "In" => $"{e.Key} in ({string.Join(',', e.Values)})",
            "NotIn" => $"{e.Key} notin ({string.Join(',', e.Values)})",
            "Exists" => e.Key,
            _ => "!" + e.Key,
        });
        return string.Join(',', labels.Concat(expressions));
    }
}

/// <summary>Who owns a field.</summary>
/// <param name="Operation"><c>Apply</c> or <c>Update</c>.</param>
/// <param name="Subresource">Empty for the object itself.</param>
internal sealed record FieldOwner(string Manager, string Operation, string Subresource)
{
    /// <summary>Owners of <c>spec.replicas</c>.</summary>
    public static IReadOnlyList<FieldOwner> OfReplicas(V1ObjectMeta metadata) =>
    [
        .. (metadata.ManagedFields ?? []).Where(OwnsReplicas).Select(entry => new FieldOwner(entry.Manager, entry.Operation, entry.Subresource ?? "")),
    ];

    public override string ToString() => $"{Manager} ({Operation}{(Subresource.Length > 0 ? " through /" + Subresource : "")})";

    private static bool OwnsReplicas(V1ManagedFieldsEntry entry)
    {
        var fields = entry.FieldsV1 is JsonElement element ? JsonObject.Create(element) : null;
        return fields?["f:spec"] is JsonObject spec && spec.ContainsKey("f:replicas");
    }
}
