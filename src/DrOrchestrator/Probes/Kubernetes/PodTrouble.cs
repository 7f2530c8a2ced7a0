using k8s.Models;

namespace DrOrchestrator.Probes.Kubernetes;

/// <summary>Why a pod is not ready, in the words that Kubernetes itself has for it. Pure.</summary>
internal static class PodTrouble
{
    private static readonly string[] Passing = ["ContainerCreating", "PodInitializing"];

    /// <summary>Null for a pod that is ready.</summary>
    public static string? Of(V1Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return "terminating";
        }

        var conditions = pod.Status?.Conditions ?? [];
        if (conditions.Any(c => c.Type == "Ready" && c.Status == "True"))
        {
            return null;
        }

        if (conditions.FirstOrDefault(c => c.Type == "PodScheduled" && c.Status == "False") is { } unscheduled)
        {
            return ProbeFailures.OneLine($"{unscheduled.Reason ?? "Unschedulable"}: {unscheduled.Message}");
        }

        var containers = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).ToList();
        return containers.Select(Waiting).FirstOrDefault(text => text is not null)
            ?? containers.Select(Ended).FirstOrDefault(text => text is not null)
            ?? pod.Status?.Reason
            ?? (pod.Status?.Phase == "Running" ? "runs and is not ready" : pod.Status?.Phase ?? "no status yet");
    }

    private static string? Waiting(V1ContainerStatus container) =>
        container.State?.Waiting?.Reason is { } reason && !Passing.Contains(reason)
            ? container.LastState?.Terminated is { } last ? $"{reason} after {last.Reason ?? "an end"} (exit code {last.ExitCode})" : reason
            : null;

    private static string? Ended(V1ContainerStatus container) =>
        container.State?.Terminated is { ExitCode: not 0 } ended ? $"{ended.Reason ?? "ended"} (exit code {ended.ExitCode})" : null;
}
