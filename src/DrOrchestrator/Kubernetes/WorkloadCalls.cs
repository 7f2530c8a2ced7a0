using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Kubernetes;

/// <summary>The calls on workloads that drills make. Live reads only.</summary>
internal static class WorkloadCalls
{
    public static async Task<Workload> ReadWorkloadAsync(this IKubernetes client, string ns, WorkloadName workload, CancellationToken cancellationToken) =>
        workload.Kind == WorkloadName.Deployment
            ? Workload.From(await client.AppsV1.ReadNamespacedDeploymentAsync(workload.Name, ns, cancellationToken: cancellationToken).ConfigureAwait(false))
            : Workload.From(await client.AppsV1.ReadNamespacedStatefulSetAsync(workload.Name, ns, cancellationToken: cancellationToken).ConfigureAwait(false));

    /// <summary>What its pods are made of, and how they are told from others.</summary>
    public static async Task<(V1PodTemplateSpec Template, V1LabelSelector Selector)> ReadTemplateAsync(this IKubernetes client, string ns, WorkloadName workload, CancellationToken cancellationToken)
    {
        if (workload.Kind == WorkloadName.Deployment)
        {
            var deployment = (await client.AppsV1.ReadNamespacedDeploymentAsync(workload.Name, ns, cancellationToken: cancellationToken).ConfigureAwait(false)).Spec;
            return (deployment.Template, deployment.Selector);
        }

        var set = (await client.AppsV1.ReadNamespacedStatefulSetAsync(workload.Name, ns, cancellationToken: cancellationToken).ConfigureAwait(false)).Spec;
        return (set.Template, set.Selector);
    }

    /// <summary>
    /// Replicas and annotations in one server-side apply, so that the owner of the field and the mark of the effect are the same write. Never <c>/scale</c>: it drops
    /// annotations and leaves the field to whoever applies next.
    /// </summary>
    public static Task<Workload> ApplyReplicasAsync(
        this IKubernetes client,
        string ns,
        Workload seen,
        int replicas,
        IReadOnlyDictionary<string, string> annotations,
        string owner,
        CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = seen.Name.ApiKind,
            ["metadata"] = new JsonObject
            {
                ["name"] = seen.Name.Name,
                ["namespace"] = ns,
                ["uid"] = seen.Uid,
                ["resourceVersion"] = seen.ResourceVersion,
                ["annotations"] = ToJson(annotations),
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas },
        };
        return client.PatchWorkloadAsync(ns, seen.Name, new V1Patch(body.ToJsonString(), V1Patch.PatchType.ApplyPatch), owner, force: true, cancellationToken);
    }

    /// <summary>Adds annotations to the object as it was seen; nothing else changes and no other field changes its owner.</summary>
    public static Task<Workload> AnnotateWorkloadAsync(
        this IKubernetes client, string ns, Workload seen, IReadOnlyDictionary<string, string> annotations, string owner, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = seen.Uid, ["resourceVersion"] = seen.ResourceVersion, ["annotations"] = ToJson(annotations) },
        };
        return client.PatchWorkloadAsync(ns, seen.Name, new V1Patch(body.ToJsonString(), V1Patch.PatchType.MergePatch), owner, force: null, cancellationToken);
    }

    /// <summary>Replaces the finalizers of the pod as it was seen.</summary>
    public static Task SetFinalizersAsync(this IKubernetes client, V1Pod seen, IEnumerable<string> finalizers, CancellationToken cancellationToken) =>
        client.PatchPodAsync(seen, "finalizers", new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]), cancellationToken);

    /// <summary>Adds annotations to the pod as it was seen; whatever else was sent for the pod as it was then meets another resourceVersion from now on.</summary>
    public static Task AnnotatePodAsync(this IKubernetes client, V1Pod seen, IReadOnlyDictionary<string, string> annotations, CancellationToken cancellationToken) =>
        client.PatchPodAsync(seen, "annotations", ToJson(annotations), cancellationToken);

    private static Task PatchPodAsync(this IKubernetes client, V1Pod seen, string field, JsonNode value, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = seen.Metadata.Uid, ["resourceVersion"] = seen.Metadata.ResourceVersion, [field] = value } };
        return client.CoreV1.PatchNamespacedPodAsync(
            new V1Patch(body.ToJsonString(), V1Patch.PatchType.MergePatch),
            seen.Metadata.Name,
            seen.Metadata.NamespaceProperty,
            fieldManager: FieldOwners.Fence,
            cancellationToken: cancellationToken);
    }

    private static async Task<Workload> PatchWorkloadAsync(
        this IKubernetes client, string ns, WorkloadName workload, V1Patch patch, string owner, bool? force, CancellationToken cancellationToken) =>
        workload.Kind == WorkloadName.Deployment
            ? Workload.From(await client.AppsV1.PatchNamespacedDeploymentAsync(
                patch, workload.Name, ns, fieldManager: owner, force: force, cancellationToken: cancellationToken).ConfigureAwait(false))
            : Workload.From(await client.AppsV1.PatchNamespacedStatefulSetAsync(
                patch, workload.Name, ns, fieldManager: owner, force: force, cancellationToken: cancellationToken).ConfigureAwait(false));

    private static JsonObject ToJson(IReadOnlyDictionary<string, string> annotations) =>
        new(annotations.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, JsonValue.Create(a.Value))));
}
