using System.Globalization;
using DrOrchestrator.Drills.Steps.Fences;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>Whether a pod has ended, by what its kubelet reported. Pure.</summary>
internal static class PodEnd
{
    /// <summary>True when it will not start anything any more and every container was reported as terminated (or it never reached a node).</summary>
    public static bool HasEnded(V1Pod pod) => (IsTerminal(pod) || pod.Metadata.DeletionTimestamp is not null) && Running(pod) is null;

    /// <summary>Succeeded or Failed: it stays as an object and never starts again.</summary>
    public static bool IsTerminal(V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>Deleted with grace period 0 while a container ran: the object may vanish although the process lives.</summary>
    public static bool IsForced(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is not null && pod.Metadata.DeletionGracePeriodSeconds == 0 && Statuses(pod).Any(s => s.State?.Running is not null);

    /// <summary>The first container not reported as terminated, in words; null when there is none.</summary>
    public static string? Running(V1Pod pod)
    {
        if (string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            return null;
        }

        var statuses = Statuses(pod).ToDictionary(s => s.Name);
        var notTold = pod.Spec.Containers.FirstOrDefault(c => !statuses.ContainsKey(c.Name));
        return notTold is not null ? $"container {notTold.Name} has no status"
            : statuses.Values.FirstOrDefault(s => s.State?.Terminated is null) is not { } open ? null
            : open.State?.Running is not null ? $"container {open.Name} is running"
            : $"container {open.Name} is waiting ({open.State?.Waiting?.Reason ?? "no reason"})";
    }

    /// <summary>How its containers ended.</summary>
    public static IReadOnlyList<EndedContainer> Containers(V1Pod pod) =>
    [
        .. Statuses(pod).Where(s => s.State?.Terminated is not null).Select(s => new EndedContainer(
            s.Name,
            s.State.Terminated.ExitCode,
            s.State.Terminated.FinishedAt?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture) ?? "")),
    ];

    /// <summary>Changes when a container was started again.</summary>
    public static string Signature(V1Pod pod) =>
        string.Join(';', Statuses(pod).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Name}:{s.RestartCount}:{s.State?.Terminated?.FinishedAt:O}")));

    /// <summary>The claims it mounts.</summary>
    public static IReadOnlyList<string> Claims(V1Pod pod) =>
        [.. (pod.Spec.Volumes ?? []).Select(v => v.PersistentVolumeClaim?.ClaimName).OfType<string>()];

    private static IEnumerable<V1ContainerStatus> Statuses(V1Pod pod) =>
        (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.EphemeralContainerStatuses ?? []);
}
