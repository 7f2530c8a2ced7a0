using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>capacity</c>: is there room at a site for all that the plan will start there, at once (6 e, 7.4 f)? Requests against what the nodes offer less what already runs, pod by pod: free
/// cores on ten nodes hold no pod that needs them on one. Volumes, quotas and autoscaling of nodes are not looked at.
/// </summary>
internal sealed class CapacityGate(ClusterConnections connections) : IGateKind
{
    public StepKindShape Shape { get; } = new(
        "capacity",
        StepEffect.None,
        NeedsSite: false,
        "A site has room for all that the plan will start there, each pod on one node.",
        [new ParameterShape("site", ParameterType.SiteName, true, "Where.")],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var site = parameters.Text("site");
        var wanted = Wanted(plan, site);
        if (wanted.Count == 0 && AppliedDocuments.Of(plan).All(applied => applied.Site != site))
        {
            return [Unknown(site, "the plan starts no workload there", "Name the site that the plan's k8s.scale steps start.")];
        }

        try
        {
            var started = StartedDocument.Of(plan, site);
            var client = connections.Of(estate, site);
            var nodes = await client.AllNodesAsync(null, cancellationToken).ConfigureAwait(false);
            var pods = await client.AllPodsAsync(null, null, cancellationToken).ConfigureAwait(false);
            var scaled = wanted.Where(one => started.All(other => (other.Namespace, other.Target) != one.Key));
            var demands = await Task.WhenAll(scaled.Select(one => DemandAsync(client, one.Key.Namespace, one.Key.Workload, one.Value, pods, cancellationToken))).ConfigureAwait(false);
            var applied = started.Where(one => one.Replicas is not 0 || wanted.ContainsKey((one.Namespace, one.Target)))
                .Select(one => Demand($"{one.Namespace}/{one.Target}", one.Template, one.Namespace, one.Selector, Math.Max(one.Replicas, wanted.GetValueOrDefault((one.Namespace, one.Target))), pods)).ToList();
            return demands.Length + applied.Count == 0 ? [Unknown(site, "the plan starts no workload there", "Name the site that the plan's k8s.scale steps start.")] : new CapacityJudge(site, nodes, pods).Judge([.. demands, .. applied]);
        }
        catch (FormatException e)
        {
            return [Unknown(site, e.Message, "Correct the name in the plan.")];
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return [Unknown(site, failure.Reason, "See that the API of the site answers and that the kubeconfig's user may read workloads there, and nodes and pods of the whole cluster.")];
        }
    }

    /// <summary>Replicas that the plan gives workloads at the site, the largest number of each; a number that another step will tell is not known, and counts as one.</summary>
    internal static IReadOnlyDictionary<(string Namespace, string Workload), int> Wanted(Plan plan, string site)
    {
        var wanted = new Dictionary<(string Namespace, string Workload), int>();
        foreach (var step in plan.AllSteps.Where(step => step.Site == site))
        {
            switch (step.Kind)
            {
                case "k8s.scale":
                    Note(step.Parameters.Text("workload"), step.Parameters.Text("replicas"));
                    break;
                case "k8s.unfence" or "k8s.unfence-earlier":
                    foreach (var (workload, replicas) in step.Parameters.Object("workloads") ?? [])
                    {
                        Note(workload, replicas?.ToString() ?? "");
                    }

                    break;
            }

            void Note(string workload, string replicas)
            {
                var count = int.TryParse(replicas, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;
                if (count > 0)
                {
                    var key = (step.Parameters.Text("namespace"), workload);
                    wanted[key] = Math.Max(count, wanted.GetValueOrDefault(key));
                }
            }
        }

        return wanted;
    }

    private static async Task<PodDemand> DemandAsync(IKubernetes client, string ns, string workload, int replicas, IEnumerable<V1Pod> pods, CancellationToken cancellationToken)
    {
        var name = WorkloadName.Parse(workload);
        var (template, matched) = await client.ReadTemplateAsync(ns, name, cancellationToken).ConfigureAwait(false);
        return Demand($"{ns}/{name}", template, ns, matched.MatchLabels ?? new Dictionary<string, string>(), replicas, pods);
    }

    /// <summary>What is placed already need not be placed again.</summary>
    /// <param name="selector">Empty for what has none: its pods are always new ones.</param>
    private static PodDemand Demand(string name, V1PodTemplateSpec template, string ns, IDictionary<string, string> selector, int replicas, IEnumerable<V1Pod> pods)
    {
        var placed = selector.Count == 0 ? 0 : pods.Count(pod => pod.Metadata.NamespaceProperty == ns
            && !string.IsNullOrEmpty(pod.Spec.NodeName)
            && pod.Metadata.DeletionTimestamp is null
            && pod.Status?.Phase is not ("Succeeded" or "Failed")
            && selector.All(pair => pod.Metadata.Labels is not null && pod.Metadata.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value));
        return new PodDemand(name, template, Math.Max(0, replicas - placed));
    }

    private static GateResult Unknown(string site, string reason, string remedy) => new(
        $"capacity {site}", false, $"unknown: {reason}", "room for all of its pods at once, each on one node", $"nodes and pods in the Kubernetes API of {site}", TimeSpan.Zero, remedy);
}
