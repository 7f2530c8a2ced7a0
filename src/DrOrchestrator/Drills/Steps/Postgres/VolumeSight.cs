using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>Who has the volume of a server, read live of the cluster.</summary>
/// <param name="Claim">Null where there is none.</param>
/// <param name="Pods">Of the namespace, those that name the claim.</param>
/// <param name="Jobs">Of the namespace, those that name the claim.</param>
internal sealed record VolumeSight(V1PersistentVolumeClaim? Claim, IReadOnlyList<V1Pod> Pods, IReadOnlyList<V1Job> Jobs)
{
    private const string OnePod = "ReadWriteOncePod";
    private const string OneNode = "ReadWriteOnce";

    public bool IsOfOnePod => Claim?.Spec?.AccessModes is [OnePod];

    public static async Task<VolumeSight> ReadAsync(IKubernetes client, DatabaseHost.Job job, CancellationToken cancellationToken)
    {
        V1PersistentVolumeClaim? claim = null;
        try
        {
            claim = await client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(job.Claim, job.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
        }

        var jobs = await client.AllJobsAsync(job.Namespace, cancellationToken).ConfigureAwait(false);
        var pods = await client.AllPodsAsync(job.Namespace, null, cancellationToken).ConfigureAwait(false);
        return new VolumeSight(
            claim,
            [.. pods.Where(pod => PodEnd.Claims(pod).Contains(job.Claim, StringComparer.Ordinal))],
            [.. jobs.Where(one => (one.Spec.Template.Spec?.Volumes ?? []).Any(volume => volume.PersistentVolumeClaim?.ClaimName == job.Claim))]);
    }

    /// <summary>The Job of ours that is still at work on the volume, besides the one named; null for none. Looks change nothing and hold nobody up.</summary>
    public V1Job? AtWork(string besides) => Jobs.FirstOrDefault(one =>
        VerbOf(one.Metadata) is { } verb && !HostJobs.IsLook(verb) && one.Metadata.Name != besides && !JobState.IsFinished(one));

    /// <summary>Why a Job's word on the volume says nothing of the server; null where it does. What is not known counts against it.</summary>
    public string? Objection(DatabaseHost.Job job) =>
        Claim is null ? $"there is no claim '{job.Claim}' in namespace {job.Namespace}"
        : Claim.Spec?.AccessModes is not ([OnePod] or [OneNode])
            ? $"the claim '{job.Claim}' is {string.Join(", ", Claim.Spec?.AccessModes ?? [])}: other nodes may mount it too, so that a Job on it shows nothing of a server there. It must be ReadWriteOncePod, or ReadWriteOnce"
        : Pods.FirstOrDefault(pod => !IsOurs(pod) && !HasEnded(pod)) is { } pod
            ? $"pod {pod.Metadata.Name} ({pod.Status?.Phase ?? "unknown"}{(PodEnd.Running(pod) is { } running ? $", {running}" : "")}) has the claim '{job.Claim}': while it does, a Job shows nothing of the server. Fence {job.Workload} first (k8s.fence)"
        : null;

    /// <summary>
    /// Why the lock file of a server that did not end cleanly keeps its end from being shown; null where it does not. With ReadWriteOnce a container whose pod was deleted by force
    /// may live on, on the same node; the pods do not show it, but a <c>k8s.fence</c> that saw every container end does.
    /// </summary>
    public string? LockFileObjection(DatabaseHost.Job job, bool hasLockFile, bool isEndSeen) => !hasLockFile || IsOfOnePod || isEndSeen ? null
        : $"its lock file postmaster.pid is there, and the claim '{job.Claim}' is ReadWriteOnce: a container of a pod that was deleted by force may live on. Fence {job.Workload} by a k8s.fence step before this one, or make the claim ReadWriteOncePod";

    public static string? VerbOf(V1ObjectMeta metadata) => metadata.Annotations?.TryGetValue(Annotations.HostVerb, out var verb) == true ? verb : null;

    /// <summary>A pod that was told to end has not ended; one whose node is silent, and that the cluster calls failed, is not known to.</summary>
    private static bool HasEnded(V1Pod pod) => PodEnd.IsTerminal(pod) && PodEnd.Running(pod) is null;

    private static bool IsOurs(V1Pod pod) => VerbOf(pod.Metadata) is not null && pod.Metadata.OwnerReferences?.Any(owner => owner.Kind == "Job") == true;
}
