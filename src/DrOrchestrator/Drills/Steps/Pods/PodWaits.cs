using System.Globalization;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>Why pods do not come: what keeps them from being made, and what those that are there wait for, in the cluster's own words.</summary>
internal static class PodWaits
{
    /// <summary>Why the containers of a pod do not run. Pure.</summary>
    /// <param name="mustBeReady">One that runs must be ready, too.</param>
    public static IEnumerable<string> Of(V1Pod pod, bool mustBeReady)
    {
        foreach (var condition in (pod.Status?.Conditions ?? []).Where(c => c.Type == "PodScheduled" && c.Status == "False"))
        {
            yield return $"pod {pod.Metadata.Name} is not scheduled: {condition.Reason} {condition.Message}".TrimEnd();
        }

        foreach (var container in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            if (container.State?.Waiting is { } waiting)
            {
                yield return $"container {container.Name} of pod {pod.Metadata.Name} waits: {waiting.Reason} {waiting.Message}".TrimEnd();
                if (container.LastState?.Terminated is { } last)
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $"container {container.Name} of pod {pod.Metadata.Name} ended last with exit code {last.ExitCode} ({last.Reason ?? "no reason given"})");
                }
            }
            else if (mustBeReady && !container.Ready && container.State?.Running is not null)
            {
                yield return $"container {container.Name} of pod {pod.Metadata.Name} runs but is not ready";
            }
        }
    }

    /// <summary>That a quota or an admission refused a pod stands in events alone, of a StatefulSet and of a Job. Whoever may not read events is told the rest.</summary>
    /// <param name="owner">Uid of what would make it.</param>
    public static async Task<string?> RefusedAsync(IKubernetes client, string ns, string owner, CancellationToken cancellationToken)
    {
        try
        {
            var events = await client.AllEventsAsync(ns, $"involvedObject.uid={owner},reason=FailedCreate", cancellationToken).ConfigureAwait(false);
            return events.MaxBy(e => e.LastTimestamp ?? e.EventTime)?.Message;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return null;
        }
    }

    /// <summary>What a Job that has not ended is at, or what it waits for.</summary>
    public static async Task<string> OfAsync(IKubernetes client, V1Job job, CancellationToken cancellationToken)
    {
        try
        {
            var pods = (await client.AllPodsAsync(job.Metadata.NamespaceProperty, null, cancellationToken).ConfigureAwait(false)).Where(pod => pod.Metadata.OwnerReferences?.Any(owner => owner.Uid == job.Metadata.Uid) == true).ToList();
            var refused = pods.Count == 0 ? await RefusedAsync(client, job.Metadata.NamespaceProperty, job.Metadata.Uid, cancellationToken).ConfigureAwait(false) : null;
            var waits = string.Join("; ", pods.SelectMany(pod => Of(pod, mustBeReady: false)));
            return refused is not null ? $"no more pods can be made: {refused}" : pods.Count == 0 ? "it has no pod yet" : waits.Length > 0 ? waits : "it is still running";
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return "it is still running";
        }
    }
}
