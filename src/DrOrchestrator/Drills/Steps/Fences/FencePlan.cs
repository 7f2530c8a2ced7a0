using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Kubernetes;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>Decides what a fence has to prove of one workload, from what is there and from what an earlier attempt meant. Pure.</summary>
internal static class FencePlan
{
    public static FencedWorkload Make(Workload seen, IReadOnlyList<V1Pod> pods, string fence, FencedWorkload? before)
    {
        var present = pods.Where(p => !(PodEnd.IsTerminal(p) && PodEnd.HasEnded(p)))
            .Select(p => new FencedPod(p.Metadata.Name, p.Metadata.Uid, p.Spec.NodeName ?? "", PodEnd.Claims(p)));
        var record = FenceRecord.From(seen.Annotation(Annotations.FenceRecord));
        var heldByAnother = before is null && seen.Replicas == 0 && seen.Annotation(Annotations.Fence) == Annotations.FenceHeld && record?.Fence != fence;
        var recordHolds = heldByAnother && record is not null && seen.Annotation(Annotations.Marker)?.StartsWith(record.Fence + "-", StringComparison.Ordinal) == true;
        var unprovable = new List<string>(before?.Unprovable ?? []);
        if (before is null && seen.Replicas > 0 && pods.Count == 0)
        {
            unprovable.Add($"{seen.Name} asked for {seen.Replicas} pods but had none when the fence began: whether an earlier one still runs cannot be seen");
        }

        if (heldByAnother && !recordHolds)
        {
            unprovable.Add($"{seen.Name} is held at 0 by the fence {seen.Annotation(Annotations.Marker)}, which has no record of how its pods ended");
        }

        return new FencedWorkload(
            seen.Name.ToString(),
            seen.Uid,
            seen.ResourceVersion,
            seen.Generation,
            before?.ReplicasBefore ?? seen.Replicas,
            seen.Selector,
            // A pod that an earlier attempt was to see end is still to be accounted for, here or not.
            [.. (before?.Pods ?? []).Concat(present).DistinctBy(p => p.Uid)],
            recordHolds ? record!.Ended : before?.Ended ?? [],
            unprovable);
    }
}
