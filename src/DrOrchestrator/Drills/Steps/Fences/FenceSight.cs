using System.Globalization;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>Everything a fence is judged by, read in one round.</summary>
/// <param name="Workloads">By <c>kind/name</c>; null when it is gone.</param>
/// <param name="Pods">By <c>kind/name</c>: what its selector finds, and its pods of the intent that still exist under other labels.</param>
/// <param name="AllPods">Of the namespace.</param>
/// <param name="Nodes">Nodes of all these pods.</param>
internal sealed record FenceSight(
    IReadOnlyDictionary<string, Workload?> Workloads,
    IReadOnlyDictionary<string, IReadOnlyList<V1Pod>> Pods,
    IReadOnlyList<V1Pod> AllPods,
    IReadOnlyDictionary<string, NodeSight> Nodes)
{
    internal const string LeaseNamespace = "kube-node-lease";

    /// <summary>Reads it, live.</summary>
    public static async Task<FenceSight> LookAsync(IKubernetes client, FenceIntent intent, CancellationToken cancellationToken)
    {
        var workloads = new Dictionary<string, Workload?>();
        var pods = new Dictionary<string, IReadOnlyList<V1Pod>>();
        foreach (var fenced in intent.Workloads)
        {
            workloads[fenced.Workload] = await OrNullAsync(
                () => client.ReadWorkloadAsync(intent.Namespace, WorkloadName.Parse(fenced.Workload), cancellationToken), cancellationToken).ConfigureAwait(false);
            pods[fenced.Workload] = await client.AllPodsAsync(intent.Namespace, fenced.Selector, cancellationToken).ConfigureAwait(false);
        }

        // After the lists by selector, so that a pod these missed because it came later is seen here.
        var all = await client.AllPodsAsync(intent.Namespace, null, cancellationToken).ConfigureAwait(false);
        foreach (var fenced in intent.Workloads)
        {
            var known = fenced.Pods.Select(p => p.Uid).ToHashSet();
            pods[fenced.Workload] = [.. pods[fenced.Workload].Concat(all.Where(p => known.Contains(p.Metadata.Uid))).DistinctBy(p => p.Metadata.Uid)];
        }

        var names = intent.Workloads.SelectMany(w => w.Pods).Select(p => p.Node)
            .Concat(pods.Values.SelectMany(p => p).Select(p => p.Spec.NodeName ?? ""))
            .Concat(intent.Workloads.SelectMany(w => FenceJudge.EndedPods(intent, w, workloads[w.Workload])).Select(p => p.Node))
            .Where(n => n.Length > 0)
            .Distinct();
        var nodes = new Dictionary<string, NodeSight>();
        foreach (var name in names)
        {
            nodes[name] = await ReadNodeAsync(client, name, cancellationToken).ConfigureAwait(false);
        }

        return new FenceSight(workloads, pods, [.. all], nodes);
    }

    /// <summary>One node and its heartbeat.</summary>
    public static async Task<NodeSight> ReadNodeAsync(IKubernetes client, string name, CancellationToken cancellationToken)
    {
        var node = await OrNullAsync(() => client.CoreV1.ReadNodeAsync(name, cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
        var lease = await OrNullAsync(() => client.CoordinationV1.ReadNamespacedLeaseAsync(name, LeaseNamespace, cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
        var ready = node?.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status;
        return new NodeSight(name, node is null ? "gone" : ready ?? "Unknown", lease?.Spec?.RenewTime is { } time ? time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture) : "");
    }

    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            return null;
        }
    }
}

/// <summary>A node as the API tells.</summary>
/// <param name="Ready">Status of its Ready condition: <c>True</c>, <c>False</c>, <c>Unknown</c>; <c>gone</c> when there is no such node.</param>
/// <param name="Lease">renewTime of its lease in a form that sorts as time; empty when it has none. Compared only with another value of the same node.</param>
internal sealed record NodeSight(string Name, string Ready, string Lease)
{
    public bool IsReady => Ready == "True";

    /// <summary>Whether its kubelet has been heard again since <paramref name="earlier"/>.</summary>
    public bool HasMovedSince(string earlier) => Lease.Length > 0 && string.CompareOrdinal(Lease, earlier) > 0;
}
