using System.Globalization;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Kubernetes;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>
/// Judges a fence by what was seen. Pure. Positive proof only: a pod that is not there any more counts when its end was recorded, not because it is gone.
/// </summary>
internal static class FenceJudge
{
    public static FenceProof Judge(FenceIntent intent, FenceSight sight)
    {
        var facts = new List<string>();
        var missing = new List<string>();
        foreach (var fenced in intent.Workloads)
        {
            JudgeWorkload(intent, fenced, sight, facts, missing);
            JudgePods(intent, fenced, sight, facts, missing);
        }

        JudgeNodes(intent, sight, facts, missing);
        JudgeClaims(intent, sight, facts, missing);
        return new FenceProof(missing.Count == 0, facts, missing);
    }

    /// <summary>What no waiting will mend: a workload taken over or replaced, a pod deleted by force or gone unseen.</summary>
    public static IReadOnlyList<string> Hopeless(FenceIntent intent, FenceSight sight) =>
    [
        .. intent.Workloads.SelectMany(w => Lost(intent, w, sight.Workloads[w.Workload])),
        .. intent.Workloads.SelectMany(w => Vanished(intent, w, sight)),
        .. intent.Workloads.SelectMany(w => w.Unprovable),
        .. sight.Pods.Values.SelectMany(p => p).Where(PodEnd.IsForced).Select(Forced),
    ];

    /// <summary>Pods of the workload that were seen to end, by this fence or by one before it that still held.</summary>
    public static IReadOnlyList<EndedPod> EndedPods(FenceIntent intent, FencedWorkload fenced, Workload? seen) =>
        FenceRecord.From(seen?.Annotation(Annotations.FenceRecord)) is { } record && record.Fence == intent.Fence
            ? [.. record.Ended.Concat(fenced.Ended).DistinctBy(p => p.Uid)]
            : fenced.Ended;

    private static IEnumerable<string> Lost(FenceIntent intent, FencedWorkload fenced, Workload? seen)
    {
        if (seen is null)
        {
            yield return $"{fenced.Workload} does not exist any more: nothing holds it at 0";
        }
        else if (seen.Uid != fenced.Uid)
        {
            yield return $"{fenced.Workload} was replaced by another object of that name (uid {fenced.Uid} -> {seen.Uid})";
        }
        else if (seen.Annotation(Annotations.Marker) != intent.Marker || seen.Annotation(Annotations.Fence) != Annotations.FenceHeld)
        {
            yield return $"{fenced.Workload} does not carry the mark {intent.Marker} of this fence (it carries {seen.Annotation(Annotations.Marker) ?? "none"})";
        }
        else
        {
            var others = seen.ReplicasOwners.Where(o => o.Manager != FieldOwners.Fence).ToList();
            if (seen.Replicas != 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fenced.Workload} asks for {seen.Replicas} replicas: spec.replicas was taken over by {(others.Count == 0 ? "someone" : string.Join(", ", others))}");
            }

            if (!seen.ReplicasOwners.Any(o => o is { Manager: FieldOwners.Fence, Operation: "Apply" }))
            {
                yield return $"spec.replicas of {fenced.Workload} is not owned by {FieldOwners.Fence} any more";
            }
            else if (others.Count > 0 && fenced.ReplicasBefore > 0)
            {
                // A workload that was at 0 before stays co-owned by whoever set that 0: the value did not change, so nobody lost it.
                yield return $"spec.replicas of {fenced.Workload} is also owned by {string.Join(", ", others)}";
            }
        }
    }

    private static IEnumerable<string> Vanished(FenceIntent intent, FencedWorkload fenced, FenceSight sight)
    {
        var ended = EndedPods(intent, fenced, sight.Workloads[fenced.Workload]).Select(p => p.Uid).ToHashSet();
        var present = sight.Pods[fenced.Workload].Select(p => p.Metadata.Uid).ToHashSet();
        return fenced.Pods.Where(p => !ended.Contains(p.Uid) && !present.Contains(p.Uid))
            .Select(p => $"pod {p.Name} ({p.Uid}) is gone without its end having been seen");
    }

    private static void JudgeWorkload(FenceIntent intent, FencedWorkload fenced, FenceSight sight, List<string> facts, List<string> missing)
    {
        var seen = sight.Workloads[fenced.Workload];
        var lost = Lost(intent, fenced, seen).Concat(fenced.Unprovable).ToList();
        missing.AddRange(lost);
        if (seen is null)
        {
            return;
        }

        if (seen.ObservedGeneration < seen.Generation)
        {
            missing.Add($"the controller of {fenced.Workload} has not seen the change yet");
        }
        else if (seen.StatusReplicas != 0)
        {
            missing.Add(string.Create(CultureInfo.InvariantCulture, $"{fenced.Workload} still has {seen.StatusReplicas} pods by its status"));
        }
        else if (lost.Count == 0)
        {
            facts.Add($"{fenced.Workload} ({fenced.Uid}) is held at 0 by {FieldOwners.Fence} with the mark {intent.Marker}; its controller has seen it and counts 0 pods");
        }
    }

    private static void JudgePods(FenceIntent intent, FencedWorkload fenced, FenceSight sight, List<string> facts, List<string> missing)
    {
        var ended = EndedPods(intent, fenced, sight.Workloads[fenced.Workload]);
        missing.AddRange(Vanished(intent, fenced, sight));
        foreach (var pod in sight.Pods[fenced.Workload])
        {
            var recorded = ended.Any(e => e.Uid == pod.Metadata.Uid);
            if (!recorded)
            {
                missing.Add(NotEnded(pod, sight));
            }
            else if (!PodEnd.IsTerminal(pod) || pod.Metadata.DeletionTimestamp is not null)
            {
                missing.Add($"{Name(pod)} has ended but its object is still there");
            }
        }

        facts.AddRange(ended.Select(e => $"pod {e.Name} ({e.Uid}){(e.Node.Length == 0 ? " never reached a node" : $" on {e.Node} has ended: {Ends(e)}")}"));
    }

    private static string NotEnded(V1Pod pod, FenceSight sight)
    {
        var node = pod.Spec.NodeName ?? "";
        return PodEnd.IsForced(pod) ? Forced(pod)
            : node.Length > 0 && sight.Nodes.TryGetValue(node, out var seen) && !seen.IsReady ? $"{NotReady(seen)}: its kubelet cannot confirm that {Name(pod)} has ended"
            : pod.Metadata.DeletionTimestamp is null && !PodEnd.IsTerminal(pod) ? $"{Name(pod)} has not been asked to end yet"
            : PodEnd.Running(pod) is { } running ? $"{Name(pod)} was asked to end but {running}"
            : $"{Name(pod)} has ended, and node {node} has not been heard since";
    }

    private static void JudgeNodes(FenceIntent intent, FenceSight sight, List<string> facts, List<string> missing)
    {
        var ended = intent.Workloads.SelectMany(w => EndedPods(intent, w, sight.Workloads[w.Workload])).Where(p => p.Node.Length > 0);
        foreach (var group in ended.GroupBy(p => p.Node))
        {
            var latest = group.Select(p => p.LeaseAtEnd).Max(StringComparer.Ordinal)!;
            if (!sight.Nodes.TryGetValue(group.Key, out var node) || !node.IsReady)
            {
                missing.Add($"{NotReady(node ?? new NodeSight(group.Key, "gone", ""))}: its kubelet cannot confirm that its pods have ended");
            }
            else if (!node.HasMovedSince(latest))
            {
                missing.Add($"node {node.Name} has not been heard since its pods ended");
            }
            else
            {
                facts.Add($"node {node.Name} is Ready and has been heard since: its lease moved from {latest} to {node.Lease}");
            }
        }
    }

    private static void JudgeClaims(FenceIntent intent, FenceSight sight, List<string> facts, List<string> missing)
    {
        var ended = intent.Workloads.SelectMany(w => EndedPods(intent, w, sight.Workloads[w.Workload])).ToList();
        var claims = ended.SelectMany(e => e.Claims).Concat(intent.Workloads.SelectMany(w => w.Pods).SelectMany(p => p.Claims)).Distinct().ToList();
        var ours = ended.Select(e => e.Uid).Concat(sight.Pods.Values.SelectMany(p => p).Select(p => p.Metadata.Uid)).ToHashSet();
        foreach (var claim in claims)
        {
            var others = sight.AllPods.Where(p => !ours.Contains(p.Metadata.Uid) && !PodEnd.IsTerminal(p) && PodEnd.Claims(p).Contains(claim)).ToList();
            missing.AddRange(others.Select(p => $"{Name(p)} mounts the claim {claim} too"));
            if (others.Count == 0)
            {
                facts.Add($"no other pod mounts the claim {claim}");
            }
        }
    }

    private static string Name(V1Pod pod) => $"pod {pod.Metadata.Name} ({pod.Metadata.Uid})";

    private static string Forced(V1Pod pod) => $"{Name(pod)} was deleted by force (grace period 0) while {PodEnd.Running(pod) ?? "it ran"}: its process may live on";

    private static string NotReady(NodeSight node) => node.Ready == "gone" ? $"node {node.Name} does not exist" : $"node {node.Name} is NotReady (Ready={node.Ready})";

    private static string Ends(EndedPod pod) =>
        string.Join(", ", pod.Containers.Select(c => string.Create(CultureInfo.InvariantCulture, $"container {c.Name} with exit code {c.ExitCode} at {c.FinishedAt}")));
}
