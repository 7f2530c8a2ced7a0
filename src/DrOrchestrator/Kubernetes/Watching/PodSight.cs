namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>What is kept of a pod that is followed: a few words of the ten kilobytes its object has.</summary>
/// <param name="Node">Null while it is on none.</param>
/// <param name="Phase">As the server writes it, also a word that we do not know.</param>
/// <param name="Ready">Its condition says so, and nobody has asked it to end.</param>
/// <param name="Owner">Kind and name of its controller; null for a pod that somebody made by hand.</param>
/// <param name="Trouble">Why it is not ready, in Kubernetes' own word; null where there is none.</param>
internal sealed record PodSight(string Uid, string Name, string? Node, string Phase, bool Ready, string? Owner, string? Trouble)
{
    private static readonly string[] Passing = ["ContainerCreating", "PodInitializing"];

    public static PodSight Of(PodWire pod)
    {
        var name = pod.Metadata?.Name ?? "";
        var leaving = pod.Metadata?.DeletionTimestamp is not null;
        var conditions = pod.Status?.Conditions ?? [];
        var ready = !leaving && conditions.Exists(c => c is { Type: "Ready", Status: "True" });
        var owner = pod.Metadata?.OwnerReferences?.Find(o => o.Controller);
        return new PodSight(
            pod.Metadata?.Uid ?? name,
            name,
            pod.Spec?.NodeName,
            pod.Status?.Phase ?? "Unknown",
            ready,
            owner is null ? null : $"{owner.Kind}/{owner.Name}",
            ready || pod.Status?.Phase == "Succeeded" ? null : leaving ? "Terminating" : TroubleOf(pod.Status, conditions));
    }

    private static string? TroubleOf(PodStatusWire? status, List<ConditionWire> conditions)
    {
        if (conditions.Find(c => c is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
        {
            return unscheduled.Reason ?? "Unschedulable";
        }

        var containers = (status?.InitContainerStatuses ?? []).Concat(status?.ContainerStatuses ?? []).ToList();
        return containers.Select(c => c.State?.Waiting?.Reason).FirstOrDefault(reason => reason is not null && !Passing.Contains(reason))
            ?? containers.Select(c => c.State?.Terminated is { ExitCode: not 0 } ended ? ended.Reason ?? "Error" : null).FirstOrDefault(reason => reason is not null)
            ?? containers.Select(c => c.RestartCount > 0 ? c.LastState?.Terminated?.Reason : null).FirstOrDefault(reason => reason is not null)
            ?? status?.Reason;
    }
}
