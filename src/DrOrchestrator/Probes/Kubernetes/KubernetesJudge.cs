using System.Net;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Probes.Kubernetes;

/// <summary>What the API of a cluster said, as a finding. Pure.</summary>
internal static class KubernetesJudge
{
    private const int MostNamed = 3;

    /// <summary>Null when the workload is as wanted; else how it falls short.</summary>
    public static string? Shortfall(WorkloadSight workload, KubernetesCheck.WorkloadReady check) =>
        workload.ObservedGeneration < workload.Generation ? $"its controller has seen form {workload.ObservedGeneration}, the newest is {workload.Generation}"
        : check.AtLeast is { } least ? workload.Ready < least ? $"{workload.Ready} of {workload.Wanted} ready, at least {least} wanted" : null
        : workload.Wanted == 0 ? "it is scaled to 0"
        : workload.Ready < workload.Wanted ? $"{workload.Ready} of {workload.Wanted} ready"
        : null;

    /// <param name="shortfall">As <see cref="Shortfall"/> says.</param>
    /// <param name="pods">Names and troubles of its pods; null when they could not be read.</param>
    public static Finding Judge(WorkloadSight workload, string? shortfall, IReadOnlyList<(string Pod, string Trouble)>? pods)
    {
        if (shortfall is null)
        {
            return Finding.Up($"{workload.Ready} of {workload.Wanted} ready");
        }

        var troubles = workload.Troubles.Concat((pods ?? []).Take(MostNamed).Select(pod => $"pod {pod.Pod}: {pod.Trouble}")).Prepend(shortfall);
        return Finding.Down(string.Join("; ", troubles));
    }

    public static Finding Judge(IReadOnlyList<NodeSight> nodes, KubernetesCheck.Nodes check)
    {
        if (nodes.Count == 0 && check.AtLeast is not 0)
        {
            return Finding.Down(check.Selector.Length == 0 ? "there is no node" : "there is no node with these labels");
        }

        var bad = nodes.Select(node => (node.Name, Trouble: node.Trouble(check.HeartbeatWithin))).Where(node => node.Trouble is not null).ToList();
        var good = nodes.Count - bad.Count;
        var summary = $"{good} of {nodes.Count} nodes good";
        var named = bad.Take(MostNamed).Select(node => $"node {node.Name}: {node.Trouble}").ToList();
        return good >= (check.AtLeast ?? nodes.Count)
            ? Finding.Up(string.Join("; ", named.Prepend(summary)))
            : Finding.Down(string.Join("; ", named.Prepend(check.AtLeast is { } least ? $"{summary}, at least {least} wanted" : summary)));
    }

    /// <summary>
    /// A call that failed. That we lack a right, a sign-in or a right description of the cluster says nothing of the cluster; an API that fails or does not answer is a site
    /// that cannot be switched to.
    /// </summary>
    /// <param name="workload">What was asked for by name, or null.</param>
    public static Finding Judge(ClusterFailure failure, string site, KubernetesCheck.WorkloadReady? workload) => failure.Status switch
    {
        null => Finding.Down($"the Kubernetes API of {site} does not answer: {ProbeFailures.OneLine(failure.Reason)}"),
        HttpStatusCode.NotFound when failure.IsNotFound && workload is not null => Finding.Down($"there is no {workload.Kind} {workload.Name} in {workload.Namespace}"),
        HttpStatusCode.Unauthorized => Finding.Unknown($"could not look: the Kubernetes API of {site} does not accept our credentials (401)"),
        HttpStatusCode.Forbidden => Finding.Unknown($"could not look: we lack a right at the Kubernetes API of {site} ({ProbeFailures.OneLine(failure.Reason)})"),
        HttpStatusCode.TooManyRequests => Finding.Unknown($"could not look: the Kubernetes API of {site} asks us to wait (429)"),
        var status when (int)status >= 500 => Finding.Down($"the Kubernetes API of {site} fails: {ProbeFailures.OneLine(failure.Reason)}"),
        _ => Finding.Unknown($"could not look: the Kubernetes API of {site} refuses the question: {ProbeFailures.OneLine(failure.Reason)}"),
    };
}
