using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>Which nodes take a pod: by readiness, cordon, node selector and taints. Affinity to nodes is not weighed here. Pure.</summary>
internal static class NodeChoice
{
    /// <summary>It is heard, and takes new pods.</summary>
    public static bool IsOpen(V1Node node) => node.Spec?.Unschedulable is not true && node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    public static bool Takes(V1Node node, V1PodSpec? spec) =>
        (spec?.NodeSelector is not { Count: > 0 } wanted || Matches(wanted, node.Metadata.Labels))
        && (node.Spec?.Taints ?? []).All(taint => taint.Effect == "PreferNoSchedule" || (spec?.Tolerations ?? []).Any(toleration => Tolerates(toleration, taint)));

    /// <summary>All of the selector's pairs; an empty one matches nothing.</summary>
    public static bool Matches(IDictionary<string, string>? selector, IDictionary<string, string>? labels) =>
        selector is { Count: > 0 } && selector.All(pair => labels is not null && labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (toleration.OperatorProperty == "Exists"
            ? string.IsNullOrEmpty(toleration.Key) || toleration.Key == taint.Key
            : toleration.Key == taint.Key && (toleration.Value ?? "") == (taint.Value ?? ""));
}
