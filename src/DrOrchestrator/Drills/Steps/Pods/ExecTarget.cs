using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>One running container of one pod, read live. Another pod of that name, and a container that was started again, are others.</summary>
internal sealed record ExecTarget(string Pod, string Uid, string Container, string ContainerId)
{
    /// <summary>The pod that the parameters name, or the first ready one by name of the workload or of the labels; its container, or its only one.</summary>
    /// <exception cref="StepFailedException">There is none.</exception>
    public static async Task<ExecTarget> FindAsync(IKubernetes client, StepParameters with, CancellationToken cancellationToken)
    {
        var ns = with.Text("namespace");
        var container = with.OptionalText(ExecStepSettings.Container);
        if (with.OptionalText(ExecStepSettings.Pod) is { } name)
        {
            return Of(await ReadAsync(client, ns, name, cancellationToken).ConfigureAwait(false) ?? throw new StepFailedException($"there is no pod '{name}' in namespace {ns}"), container);
        }

        var selector = with.OptionalText(ExecStepSettings.Workload) is { } workload ? await SelectorAsync(client, ns, SiteCalls.ParseWorkload(workload), cancellationToken).ConfigureAwait(false) : with.Text(ExecStepSettings.Selector);
        var pods = await client.AllPodsAsync(ns, selector, cancellationToken).ConfigureAwait(false);
        var ready = pods.Where(IsReady).MinBy(pod => pod.Metadata.Name, StringComparer.Ordinal);
        return ready is not null ? Of(ready, container)
            : throw new StepFailedException(FormattableString.Invariant($"no pod of '{ExecStepSettings.Target(with)}' in namespace {ns} is ready; there are {pods.Count}"));
    }

    /// <summary>Why what was chosen is not there any more; null where it is.</summary>
    public async Task<string?> LostAsync(IKubernetes client, string ns, CancellationToken cancellationToken)
    {
        var pod = await ReadAsync(client, ns, Pod, cancellationToken).ConfigureAwait(false);
        return pod is null ? $"pod {Pod} is gone"
            : pod.Metadata.Uid != Uid ? $"pod {Pod} was replaced by another one of that name"
            : Status(pod, Container) is not { State.Running: not null } status || (status.ContainerID ?? "") != ContainerId ? $"container {Container} of pod {Pod} has ended, or was started again"
            : null;
    }

    /// <summary>As one object: a list would wait its turn behind what else is asked of the cluster (<see cref="ReadPace"/>). Null where there is none.</summary>
    private static async Task<V1Pod?> ReadAsync(IKubernetes client, string ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CoreV1.ReadNamespacedPodAsync(name, ns, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            return null;
        }
    }

    private static async Task<string> SelectorAsync(IKubernetes client, string ns, WorkloadName workload, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.ReadWorkloadAsync(ns, workload, cancellationToken).ConfigureAwait(false)).Selector;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            throw new StepFailedException($"there is no {workload} in namespace {ns}");
        }
    }

    private static ExecTarget Of(V1Pod pod, string? wanted)
    {
        var name = pod.Metadata.Name;
        var all = pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).Select(one => one.Name).Concat((pod.Spec.EphemeralContainers ?? []).Select(one => one.Name)).ToList();
        var container = wanted ?? (pod.Spec.Containers is [var only] ? only.Name
            : throw new StepFailedException($"pod {name} has more than one container, and 'container' names none; it has: {string.Join(", ", all)}"));
        if (!all.Contains(container))
        {
            throw new StepFailedException($"pod {name} has no container '{container}'; it has: {string.Join(", ", all)}");
        }

        return pod.Metadata.DeletionTimestamp is not null ? throw new StepFailedException($"pod {name} is being deleted")
            : Status(pod, container) is { State.Running: not null } status ? new ExecTarget(name, pod.Metadata.Uid, container, status.ContainerID ?? "")
            : throw new StepFailedException($"container {container} of pod {name} does not run");
    }

    private static V1ContainerStatus? Status(V1Pod pod, string container) =>
        (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.EphemeralContainerStatuses ?? []).FirstOrDefault(one => one.Name == container);

    private static bool IsReady(V1Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.Status?.Conditions?.Any(one => one is { Type: "Ready", Status: "True" }) == true;
}
