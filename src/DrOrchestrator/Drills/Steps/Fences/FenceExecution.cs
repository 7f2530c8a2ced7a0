using System.Net;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>
/// One execution of a fence: holds the pods with a finalizer, holds the workloads at 0, sees every pod end and its node heard after that, records it, lets the pods go.
/// Everything it does is found again on the objects, so another execution of the same intent goes on where this one stopped and repeats nothing that stands.
/// </summary>
internal sealed class FenceExecution(Func<IKubernetes> connect, FenceIntent intent, EffectMark mark, bool repeats, SendPermit permit, StepDeadline deadline)
{
    // First seen ended, by pod uid. Only a bridge to the record: what is lost with the process is seen again or stays unproved.
    private readonly Dictionary<string, (string Signature, EndedPod Pod, string Workload)> _ended = [];

    /// <summary>Whether a request to hold a workload may have been carried out, or may still be, although that was not seen.</summary>
    public bool IsUnclear { get; private set; }

    public async Task<(FenceProof Proof, FenceSight? Sight)> RunAsync(CancellationToken cancellationToken)
    {
        var proof = new FenceProof(false, [], ["nothing could be read"]);
        FenceSight? sight = null;
        var acted = false;
        do
        {
            try
            {
                var client = connect();
                sight = await FenceSight.LookAsync(client, intent, cancellationToken).ConfigureAwait(false);
                if (deadline.HasPassed)
                {
                    // A process that stood still since it looked may have been taken over: it acts no more.
                    return (proof, sight);
                }

                var toKeep = sight.Pods.Values.SelectMany(p => p).Where(p => p.Metadata.DeletionTimestamp is null && !PodEnd.HasEnded(p) && !IsHeld(p)).ToList();
                if (toKeep.Count > 0)
                {
                    proof = new FenceProof(false, [], [$"pod {toKeep[0].Metadata.Name} cannot be kept from vanishing unseen"]);
                    acted = await KeepPodsAsync(client, toKeep, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                var toHold = intent.Workloads.Where(w => sight.Workloads[w.Workload]?.Annotation(Annotations.Marker) != mark.Marker).ToList();
                if (toHold.Count > 0)
                {
                    if (await HoldWorkloadsAsync(toHold, cancellationToken).ConfigureAwait(false) is { } refused)
                    {
                        return (new FenceProof(false, [], [refused]), sight);
                    }

                    acted = true;
                    continue;
                }

                proof = FenceJudge.Judge(intent, sight);
                if (proof.Proved || FenceJudge.Hopeless(intent, sight).Count > 0)
                {
                    return (proof, sight);
                }

                Remember(sight);
                acted = await RecordAsync(client, sight, cancellationToken).ConfigureAwait(false) || await LetGoAsync(client, sight, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                acted = false;
                proof = new FenceProof(false, proof.Facts, [.. proof.Missing.Where(m => !m.StartsWith("the API", StringComparison.Ordinal)), $"the API of {intent.Site} answers: {failure.Reason}"]);
                if (failure.IsFinal)
                {
                    return (proof, sight);
                }
            }
        }
        while (acted ? !deadline.HasPassed : await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

        return (proof, sight);
    }

    /// <summary>Sees to it that no pod can vanish unseen. A pod that is being deleted already takes no new finalizer; it is only watched.</summary>
    private async Task<bool> KeepPodsAsync(IKubernetes client, IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var all = true;
        foreach (var pod in pods)
        {
            permit.Require();
            all &= await SetFinalizersAsync(client, pod, [.. pod.Metadata.Finalizers ?? [], Annotations.FenceFinalizer], cancellationToken).ConfigureAwait(false);
        }

        return all;
    }

    private async Task<string?> HoldWorkloadsAsync(IReadOnlyList<FencedWorkload> workloads, CancellationToken cancellationToken)
    {
        foreach (var fenced in workloads)
        {
            var change = new ReplicaChange(
                intent.Namespace,
                WorkloadName.Parse(fenced.Workload),
                fenced.Uid,
                fenced.Generation,
                0,
                K8sFenceStep.Hold(mark),
                FieldOwners.Fence);
            var result = await ReplicaApply.RunAsync(connect, change, repeats, permit, deadline, cancellationToken).ConfigureAwait(false);
            if (result.State != ReplicaApplyState.Stands)
            {
                IsUnclear = result.State is ReplicaApplyState.Unclear;
                return result.Reason;
            }
        }

        return null;
    }

    /// <summary>
    /// Notes pods that are ended now, with the heartbeat their node had at that moment. A pod that runs again (its container had crashed before the kubelet heard of the
    /// deletion) is forgotten.
    /// </summary>
    private void Remember(FenceSight sight)
    {
        foreach (var (workload, pods) in sight.Pods)
        {
            foreach (var pod in pods)
            {
                var uid = pod.Metadata.Uid;
                var signature = PodEnd.Signature(pod);
                if (!PodEnd.HasEnded(pod))
                {
                    _ended.Remove(uid);
                }
                else if (!_ended.TryGetValue(uid, out var known) || known.Signature != signature)
                {
                    var node = pod.Spec.NodeName ?? "";
                    var lease = node.Length > 0 ? sight.Nodes[node].Lease : "";
                    _ended[uid] = (signature, new EndedPod(pod.Metadata.Name, uid, node, PodEnd.Claims(pod), PodEnd.Containers(pod), lease, ""), workload);
                }
            }
        }
    }

    /// <summary>Writes down, workload by workload, the pods that have ended and whose node was heard after that.</summary>
    private async Task<bool> RecordAsync(IKubernetes client, FenceSight sight, CancellationToken cancellationToken)
    {
        var acted = false;
        foreach (var fenced in intent.Workloads)
        {
            var workload = sight.Workloads[fenced.Workload]!;
            var recorded = FenceJudge.EndedPods(intent, fenced, workload);
            var known = recorded.Select(p => p.Uid).ToHashSet();
            var due = _ended.Values.Where(e => e.Workload == fenced.Workload && !known.Contains(e.Pod.Uid)).Select(e => e.Pod).ToList();
            var open = sight.Pods[fenced.Workload].Any(p => !known.Contains(p.Metadata.Uid) && !_ended.ContainsKey(p.Metadata.Uid));
            if (open || due.Count == 0 || due.Any(p => p.Node.Length > 0 && !(sight.Nodes[p.Node].IsReady && sight.Nodes[p.Node].HasMovedSince(p.LeaseAtEnd))))
            {
                continue;
            }

            var record = new FenceRecord(intent.Fence, [.. recorded, .. due.Select(p => p.Node.Length > 0 ? p with { LeaseAfter = sight.Nodes[p.Node].Lease } : p)]);
            permit.Require();
            await client.AnnotateWorkloadAsync(
                intent.Namespace, workload, new Dictionary<string, string> { [Annotations.FenceRecord] = record.ToText() }, FieldOwners.Fence, cancellationToken).ConfigureAwait(false);
            acted = true;
        }

        return acted;
    }

    /// <summary>Takes our finalizer from pods whose end is on record.</summary>
    private async Task<bool> LetGoAsync(IKubernetes client, FenceSight sight, CancellationToken cancellationToken)
    {
        var acted = false;
        foreach (var fenced in intent.Workloads)
        {
            var recorded = FenceJudge.EndedPods(intent, fenced, sight.Workloads[fenced.Workload]).Select(p => p.Uid).ToHashSet();
            foreach (var pod in sight.Pods[fenced.Workload].Where(p => IsHeld(p) && recorded.Contains(p.Metadata.Uid)))
            {
                permit.Require();
                acted |= await ReleaseAsync(client, pod, cancellationToken).ConfigureAwait(false);
            }
        }

        return acted;
    }

    /// <summary>Takes our finalizer, and only ours, from a pod.</summary>
    public static Task<bool> ReleaseAsync(IKubernetes client, V1Pod pod, CancellationToken cancellationToken) =>
        SetFinalizersAsync(client, pod, pod.Metadata.Finalizers.Where(f => f != Annotations.FenceFinalizer), cancellationToken);

    /// <summary>
    /// Marks a pod that is not held, so that a request to hold it that got no answer, and may be on its way, meets another resourceVersion: it would hold the pod for ever, as nobody lets it
    /// go any more.
    /// </summary>
    public static Task<bool> CloseAsync(IKubernetes client, V1Pod pod, EffectMark mark, CancellationToken cancellationToken) =>
        AsSeenAsync(() => client.AnnotatePodAsync(pod, mark.Annotations, cancellationToken), isEndingRefused: false, cancellationToken);

    /// <summary>Whether a request to hold the pod that was sent before <paramref name="mark"/> could still do so. A pod that is being deleted takes no new finalizer.</summary>
    public static bool MayBeHeldLate(V1Pod pod, EffectMark mark) =>
        !IsHeld(pod) && pod.Metadata.DeletionTimestamp is null && (pod.Metadata.Annotations?.TryGetValue(Annotations.Marker, out var carried) is not true || carried != mark.Marker);

    public static bool IsHeld(V1Pod pod) => pod.Metadata.Finalizers?.Contains(Annotations.FenceFinalizer) == true;

    private static Task<bool> SetFinalizersAsync(IKubernetes client, V1Pod pod, IEnumerable<string> finalizers, CancellationToken cancellationToken) =>
        AsSeenAsync(() => client.SetFinalizersAsync(pod, finalizers, cancellationToken), isEndingRefused: true, cancellationToken);

    // False: the pod changed, went, or began to be deleted since it was seen, and is to be looked at again.
    private static async Task<bool> AsSeenAsync(Func<Task> write, bool isEndingRefused, CancellationToken cancellationToken)
    {
        try
        {
            await write().ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure && (failure.IsConflict || failure.IsNotFound || (isEndingRefused && failure.Status == HttpStatusCode.UnprocessableEntity)))
        {
            return false;
        }
    }
}
