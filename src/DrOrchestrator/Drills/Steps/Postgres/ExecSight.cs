using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>The pod of a server that is reached by <c>pods/exec</c>, and who else has its volume, read live of the cluster.</summary>
/// <param name="Pod">Null where there is none.</param>
/// <param name="Claim">That the data folder is on; null where it is on none, or the cluster has none of that name.</param>
/// <param name="Others">Pods of the namespace that name the claim, besides <paramref name="Pod"/>.</param>
internal sealed record ExecSight(V1Pod? Pod, V1PersistentVolumeClaim? Claim, IReadOnlyList<V1Pod> Others)
{
    private const string OnePod = "ReadWriteOncePod";
    private const string OneNode = "ReadWriteOnce";

    public static async Task<ExecSight> ReadAsync(IKubernetes client, DatabaseHost.Exec exec, CancellationToken cancellationToken)
    {
        var pods = await client.AllPodsAsync(exec.Namespace, null, cancellationToken).ConfigureAwait(false);
        var pod = pods.FirstOrDefault(one => one.Metadata.Name == exec.Pod);
        if (pod is null || ClaimOf(pod, exec) is not { } name)
        {
            return new ExecSight(pod, null, []);
        }

        V1PersistentVolumeClaim? claim = null;
        try
        {
            claim = await client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, exec.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
        }

        return new ExecSight(pod, claim, [.. pods.Where(one => one.Metadata.Uid != pod.Metadata.Uid && PodEnd.Claims(one).Contains(name, StringComparer.Ordinal))]);
    }

    /// <summary>Why a word from that container says nothing of the server; null where it does. What is not known counts against it.</summary>
    public string? Objection(DatabaseHost.Exec exec) =>
        Pod is null ? $"there is no pod '{exec.Pod}' in namespace {exec.Namespace}"
        : Pod.Spec.Containers.All(one => one.Name != exec.Container) ? $"pod {exec.Pod} has no container '{exec.Container}'; it has: {string.Join(", ", Pod.Spec.Containers.Select(one => one.Name))}"
        : StatusOf(exec)?.State?.Running is null ? $"container {exec.Container} of pod {exec.Pod} does not run"
        : ClaimOf(Pod, exec) is not { } claim ? $"'{exec.Data}' is on no claim in container {exec.Container}: a fence there would be gone with the container"
        : Claim is null ? $"there is no claim '{claim}' in namespace {exec.Namespace}"
        : Claim.Spec?.AccessModes is not ([OnePod] or [OneNode])
            ? $"the claim '{claim}' is {string.Join(", ", Claim.Spec?.AccessModes ?? [])}: other nodes may mount it too, so that pod {exec.Pod} shows nothing of a server there. It must be ReadWriteOncePod, or ReadWriteOnce"
        : Unseen(Pod, exec, claim) is { } unseen
            ? $"container {unseen} of pod {exec.Pod} has the claim '{claim}' too, and its processes are not seen from container {exec.Container}. Set shareProcessNamespace: true in the pod"
        : Others.FirstOrDefault(other => !PodEnd.IsTerminal(other) || PodEnd.Running(other) is not null) is { } other
            ? $"pod {other.Metadata.Name} ({other.Status?.Phase ?? "unknown"}) has the claim '{claim}' too: what runs there is not seen from pod {exec.Pod}"
        : null;

    /// <summary>
    /// Why a lock file that nobody seen has left keeps a server's end from being shown; null where it does not. With ReadWriteOnce a container whose pod was deleted by force may live
    /// on, on the same node, where nobody in this pod sees it.
    /// </summary>
    public string? LockFileObjection(DatabaseHost.Exec exec, HostStatus status, bool hasLockFile, string how) =>
        !hasLockFile || status.Running || Claim?.Spec?.AccessModes is [OnePod] || how is not ("" or "dead") ? null
        : $"no process of it is seen, its lock file postmaster.pid is there, and the claim '{ClaimOf(Pod!, exec)}' is ReadWriteOnce: a container of a pod that was deleted by force may live on. Make the claim ReadWriteOncePod, or wait until the server runs again";

    /// <summary>Whether a word heard between the two was said in one and the same container of one and the same pod.</summary>
    public bool IsSame(ExecSight later, DatabaseHost.Exec exec) =>
        Pod is not null && later.Pod is not null && Pod.Metadata.Uid == later.Pod.Metadata.Uid && StatusOf(exec)?.ContainerID == later.StatusOf(exec)?.ContainerID;

    private V1ContainerStatus? StatusOf(DatabaseHost.Exec exec) => Pod?.Status?.ContainerStatuses?.FirstOrDefault(one => one.Name == exec.Container);

    /// <summary>The claim that the folder is on: of the longest mount above it.</summary>
    private static string? ClaimOf(V1Pod pod, DatabaseHost.Exec exec)
    {
        var mount = (pod.Spec.Containers.FirstOrDefault(one => one.Name == exec.Container)?.VolumeMounts ?? [])
            .Where(one => exec.Data.StartsWith(one.MountPath.TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(one => one.MountPath.Length);
        return mount is null ? null : pod.Spec.Volumes?.FirstOrDefault(one => one.Name == mount.Name)?.PersistentVolumeClaim?.ClaimName;
    }

    /// <summary>A container beside ours that may hold processes of the server which ours does not see.</summary>
    private static string? Unseen(V1Pod pod, DatabaseHost.Exec exec, string claim)
    {
        if (pod.Spec.ShareProcessNamespace == true || pod.Spec.HostPID == true)
        {
            return null;
        }

        var volumes = pod.Spec.Volumes.Where(one => one.PersistentVolumeClaim?.ClaimName == claim).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).Where(one => one.Name != exec.Container).Select(one => (one.Name, one.VolumeMounts))
            .Concat((pod.Spec.EphemeralContainers ?? []).Select(one => (one.Name, one.VolumeMounts)))
            .FirstOrDefault(one => one.VolumeMounts?.Any(mount => volumes.Contains(mount.Name)) == true).Name;
    }
}
