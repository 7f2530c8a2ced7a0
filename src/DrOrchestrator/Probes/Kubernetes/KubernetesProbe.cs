using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Probes.Kubernetes;

/// <summary>Asks the API of the probe's site. Every look reads anew.</summary>
internal sealed class KubernetesProbe(ProbeDefinition definition, KubernetesProbeSettings settings, ProbeContext context) : DeadlineProbe(definition, context)
{
    private const string LeaseNamespace = "kube-node-lease";
    private const int MostPods = 50;
    private readonly Heartbeats _heartbeats = new();
    private readonly string _site = definition.Site ?? "";

    protected override async Task<Finding> LookAsync(Look look, CancellationToken deadline)
    {
        var client = Context.Clusters!.Of(Context.Estates!.Current, _site);
        return settings.Check switch
        {
            KubernetesCheck.WorkloadReady workload => await LookAtAsync(client, workload, look, deadline).ConfigureAwait(false),
            KubernetesCheck.Nodes nodes => await LookAtAsync(client, nodes, look, deadline).ConfigureAwait(false),
            var other => throw new InvalidOperationException($"no look for {other.GetType().Name}"),
        };
    }

    protected override string Late(Look look) => $"the Kubernetes API of {_site}: no answer {ProbeFailures.Within(Definition.Timeout)}";

    protected override Finding Failed(Exception exception, Look look) =>
        ClusterFailure.Of(exception, look.Deadline) is { } failure
            ? KubernetesJudge.Judge(failure, _site, settings.Check as KubernetesCheck.WorkloadReady)
            : ProbeFailures.Describe(exception, _site, 443);

    private async Task<Finding> LookAtAsync(IKubernetes client, KubernetesCheck.WorkloadReady check, Look look, CancellationToken deadline)
    {
        var workload = await WorkloadSight.LookAsync(client, check, deadline).ConfigureAwait(false);
        look.Value = workload.Ready;
        var shortfall = KubernetesJudge.Shortfall(workload, check);
        return KubernetesJudge.Judge(workload, shortfall, shortfall is null ? [] : await PodsAsync(client, check.Namespace, workload.Selector, look, deadline).ConfigureAwait(false));
    }

    /// <summary>The pods only explain: where they cannot be read, or not in half of the time that is left, the verdict stands without them.</summary>
    private async Task<IReadOnlyList<(string Pod, string Trouble)>?> PodsAsync(IKubernetes client, string ns, string selector, Look look, CancellationToken deadline)
    {
        var left = (Definition.Timeout - look.Elapsed) / 2;
        using var share = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, Context.Clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(share.Token, deadline);
        try
        {
            var pods = await client.CoreV1.ListNamespacedPodAsync(ns, labelSelector: selector, limit: MostPods, cancellationToken: both.Token).ConfigureAwait(false);
            return [.. pods.Items.Select(pod => (pod.Metadata.Name, PodTrouble.Of(pod))).Where(pod => pod.Item2 is not null).Select(pod => (pod.Name, pod.Item2!))];
        }
        catch (OperationCanceledException) when (share.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (!deadline.IsCancellationRequested && ClusterFailure.Of(exception, deadline) is not null)
        {
            return null;
        }
    }

    private async Task<Finding> LookAtAsync(IKubernetes client, KubernetesCheck.Nodes check, Look look, CancellationToken deadline)
    {
        var selector = check.Selector.Length == 0 ? null : check.Selector;
        var nodes = await client.AllNodesAsync(selector, deadline).ConfigureAwait(false);
        using var leases = await client.CoordinationV1.ListNamespacedLeaseWithHttpMessagesAsync(LeaseNamespace, cancellationToken: deadline).ConfigureAwait(false);
        var ages = _heartbeats.Ages(leases.Body.Items, leases.Response.Headers.Date, look.Time);
        var sights = nodes.Select(node => NodeSight.Of(node, ages.TryGetValue(node.Metadata.Name, out var age) ? age : null)).ToList();
        look.Value = sights.Count(node => node.Trouble(check.HeartbeatWithin) is null);
        return KubernetesJudge.Judge(sights, check);
    }
}
