using System.Globalization;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>fence-provable</c>: could a fence of these workloads be proved now? Every node under their pods is Ready and heard again while we look, and nobody is known to set
/// their replicas by itself. Whether we may set finalizers shows only at the fence.
/// </summary>
internal sealed class FenceProvableGate(ClusterConnections connections, TimeProvider time) : IGateKind
{
    // A kubelet renews its lease every 10 s (nodeLeaseDurationSeconds / 4), and a little later when the API is slow.
    private static readonly TimeSpan LongestHeartbeat = TimeSpan.FromSeconds(15);

    // Programs that put replicas back by themselves. A person's tool (kubectl, helm) writes once and is only named.
    private static readonly string[] Restoring = ["argocd", "argo-cd", "kustomize-controller", "helm-controller", "flux", "operator", "autoscaler", "keda"];

    public StepKindShape Shape { get; } = new(
        "fence-provable",
        StepEffect.None,
        NeedsSite: false,
        "A fence of the workloads could be proved: their nodes are heard, and nobody else sets their replicas.",
        [
            new ParameterShape("site", ParameterType.SiteName, true, "Where."),
            SiteCalls.NamespaceParameter,
            new ParameterShape("workloads", ParameterType.TextList, true, "deployment/NAME and statefulset/NAME, as in the fence."),
        ],
        []);

    /// <summary>One beat of a kubelet, and the reads around it.</summary>
    public TimeSpan Longest => LongestHeartbeat + TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var site = parameters.Text("site");
        var ns = parameters.Text("namespace");
        try
        {
            var client = connections.Of(estate, site);
            var results = new List<GateResult>();
            var nodes = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var name in parameters.Texts("workloads").Select(WorkloadName.Parse))
            {
                var seen = await client.ReadWorkloadAsync(ns, name, cancellationToken).ConfigureAwait(false);
                results.Add(await OwnersAsync(client, site, ns, seen, cancellationToken).ConfigureAwait(false));
                var pods = await client.AllPodsAsync(ns, seen.Selector, cancellationToken).ConfigureAwait(false);
                nodes.UnionWith(pods.Select(p => p.Spec.NodeName).Where(n => !string.IsNullOrEmpty(n)));
            }

            results.AddRange(await Task.WhenAll(nodes.Select(n => HeardAsync(client, site, n, cancellationToken))).ConfigureAwait(false));
            return results;
        }
        catch (FormatException e)
        {
            return [Unreadable(site, ns, e.Message, "Correct the name in the plan.")];
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [Unreadable(site, ns, failure.Reason, "See that the API of the site answers and that the kubeconfig's user may read workloads, pods, nodes and leases.")];
        }
    }

    private async Task<GateResult> HeardAsync(IKubernetes client, string site, string node, CancellationToken cancellationToken)
    {
        var check = $"fence-provable {site} node {node}";
        var deadline = new StepDeadline(time, LongestHeartbeat);
        var first = await FenceSight.ReadNodeAsync(client, node, cancellationToken).ConfigureAwait(false);
        var seen = first;
        while (seen.IsReady && !seen.HasMovedSince(first.Lease) && await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false))
        {
            seen = await FenceSight.ReadNodeAsync(client, node, cancellationToken).ConfigureAwait(false);
        }

        var heard = seen.IsReady && seen.HasMovedSince(first.Lease);
        var value = $"Ready={seen.Ready}, lease {(seen.Lease.Length == 0 ? "absent" : heard ? $"moved from {first.Lease} to {seen.Lease}" : $"did not move from {first.Lease}")}";
        return new GateResult(
            check, heard, value, "Ready=True and its lease moves", $"node and lease in the Kubernetes API of {site}", TimeSpan.Zero, heard ? "" : "Bring the node back, or move the pods to a node that is heard; a silent kubelet cannot confirm that a pod has ended.");
    }

    private static async Task<GateResult> OwnersAsync(IKubernetes client, string site, string ns, Workload seen, CancellationToken cancellationToken)
    {
        var others = seen.ReplicasOwners.Where(o => o.Manager is not (FieldOwners.Fence or FieldOwners.Scale)).ToList();
        var restoring = others.Where(o => Restoring.Any(r => o.Manager.Contains(r, StringComparison.OrdinalIgnoreCase))).ToList();
        var (autoscaler, autoscalersRead) = await AutoscalerAsync(client, ns, seen.Name, cancellationToken).ConfigureAwait(false);
        var value = string.Join(
            "; ",
            others.Count == 0 ? "spec.replicas has no other owner" : $"spec.replicas is owned by {string.Join(", ", others)}",
            autoscaler is null ? autoscalersRead : $"HorizontalPodAutoscaler {autoscaler} scales it");
        var passed = restoring.Count == 0 && autoscaler is null;
        return new GateResult(
            $"fence-provable {site} {ns}/{seen.Name}",
            passed,
            value,
            "nobody sets its replicas by itself",
            $"managedFields and autoscalers in the Kubernetes API of {site}",
            TimeSpan.Zero,
            passed ? "" : $"Suspend {autoscaler ?? string.Join(", ", restoring.Select(o => o.Manager))} for this workload, or have it leave spec.replicas alone.");
    }

    private static async Task<(string? Name, string Read)> AutoscalerAsync(IKubernetes client, string ns, WorkloadName workload, CancellationToken cancellationToken)
    {
        try
        {
            var all = await client.AutoscalersAsync(ns, cancellationToken).ConfigureAwait(false);
            var found = all.FirstOrDefault(one => one["spec"]?["scaleTargetRef"] is { } target && target["kind"]?.ToString() == workload.ApiKind && target["name"]?.ToString() == workload.Name);
            return (found?["metadata"]?["name"]?.ToString(), "no HorizontalPodAutoscaler");
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { Status: { } status })
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"autoscalers cannot be read ({(int)status})"));
        }
    }

    private static GateResult Unreadable(string site, string ns, string reason, string remedy) =>
        new($"fence-provable {site} {ns}", false, reason, "can be read", $"Kubernetes API of {site}", TimeSpan.Zero, remedy);
}
