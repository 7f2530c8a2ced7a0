using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>
/// <c>k8s.fence</c>: proves that nothing at a site can write any more (旧主隔离), and keeps it so. The hold at 0 is declarative and stays until Undo or <c>k8s.unfence</c>,
/// also when the proof is not reached: then the outcome is a failure that names what is missing, and the workloads are held all the same.
/// </summary>
internal sealed class K8sFenceStep(ClusterConnections connections, TimeProvider time) : IFenceKind, ITriedKind
{
    public StepKindShape Shape { get; } = new(
        "k8s.fence",
        StepEffect.Reversible,
        NeedsSite: true,
        "Holds workloads at 0 replicas and proves that each of their pods has ended: seen to terminate, gone, its node heard since, nothing else on its volume.",
        [SiteCalls.NamespaceParameter, new ParameterShape("workloads", ParameterType.TextList, true, "deployment/NAME and statefulset/NAME, all that may write.")],
        ["facts", "workloads", "replicasBefore", "pods"]) { IsFence = true };

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) => PrepareAsync(context, Names(context), cancellationToken);

    private static List<WorkloadName> Names(StepContext context) => context.Parameters.Texts("workloads").Select(SiteCalls.ParseWorkload).Distinct().ToList() is { Count: > 0 } names
        ? names
        : throw new StepFailedException("workloads is empty: a fence needs at least one workload");

    private async Task<JsonObject> PrepareAsync(StepContext context, IReadOnlyList<WorkloadName> names, CancellationToken cancellationToken)
    {
        var fence = $"{context.RunMark}-{context.Step.Name}";
        var before = context.Steps.IntentOf(context.Step.Name) is { } json ? FenceIntent.From(json) : null;
        return await SiteCalls.ReadOrFailAsync(
            $"what is to be fenced at {context.Site()}",
            async () =>
            {
                var client = connections.Of(context.Estate, context.Site());
                var workloads = new List<FencedWorkload>();
                foreach (var name in names)
                {
                    workloads.Add(await ReadAsync(client, context.Namespace(), name, fence, before, cancellationToken).ConfigureAwait(false));
                }

                var leases = new Dictionary<string, string>();
                foreach (var node in workloads.SelectMany(w => w.Pods).Select(p => p.Node).Where(n => n.Length > 0).Distinct())
                {
                    leases[node] = (await FenceSight.ReadNodeAsync(client, node, cancellationToken).ConfigureAwait(false)).Lease;
                }

                return new FenceIntent(context.Site(), context.Namespace(), context.Marker, fence, workloads, leases).ToJson();
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The hold at 0 of each workload, by the request that the step sends. What the proof is made of comes after that, and is not tried.</summary>
    public async Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (mark, tried) = (Hold(EffectMark.Of(context)), new List<TriedObject>());
        foreach (var workload in Names(context))
        {
            // Each by itself: what one of them is refused for says nothing of the others.
            var address = new ObjectAddress("apps/v1", workload.Kind + "s", context.Namespace(), workload.Name);
            TriedObject one;
            try
            {
                await PrepareAsync(context, [workload], cancellationToken).ConfigureAwait(false);
                one = await TriedPatch.TakeAsync(
                    connections.Of(context.Estate, context.Site()),
                    address,
                    PatchType.Apply,
                    seen => PatchBody.Of(PatchType.Apply, new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 0 } }, seen, mark),
                    FieldOwners.Fence,
                    force: true,
                    time,
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is StepFailedException || ClusterFailure.Of(e, cancellationToken) is not null)
            {
                one = PlanTrial.Failed(address.ToString(), e, timedOut: false, cancellationToken);
            }

            tried.Add(one with { Target = context.Target(workload) });
        }

        return [.. tried, new TriedObject("", TriedAnswer.NotTried, [], "whether every pod ends, and can be kept from vanishing unseen until then, only the fence itself will see")];
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var fence = FenceIntent.From(intent);
        var execution = new FenceExecution(() => connections.Of(context.Estate, fence.Site), fence, EffectMark.Of(context), context.Repeats, context.Permit, new StepDeadline(time, context.Step.Timeout));
        var (proof, sight) = await execution.RunAsync(cancellationToken).ConfigureAwait(false);
        return proof.Proved
            ? new StepOutcome.Done(Outputs(fence, sight!, proof))
            : execution.IsUnclear || (context.Repeats && (sight is null || MayBeHeldLate(fence, sight))) ? new StepOutcome.Unknown($"the fence of {fence.Site} is not proved: {string.Join("; ", proof.Missing)}")
            : new StepOutcome.Failed($"the fence of {fence.Site} is not proved: {string.Join("; ", proof.Missing)}");
    }

    /// <summary>The marks under which a workload is held.</summary>
    internal static EffectMark Hold(EffectMark mark) => mark.And(Annotations.Fence, Annotations.FenceHeld);

    /// <summary>
    /// Proved: it happened. Anything else may be executed again: an execution goes on where the one before stopped, and repeats nothing that stands. It must be where a workload is as the
    /// intent has it: a late request would still hold that.
    /// </summary>
    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var fence = FenceIntent.From(intent);
        try
        {
            var sight = await FenceSight.LookAsync(connections.Of(context.Estate, fence.Site), fence, cancellationToken).ConfigureAwait(false);
            var proof = FenceJudge.Judge(fence, sight);
            return proof.Proved
                ? new Observation(ObservedAnswer.Happened, "the fence is proved", Outputs(fence, sight, proof))
                : new Observation(ObservedAnswer.CannotHappenAnyMore, $"the fence is not complete: {string.Join("; ", proof.Missing)}", OnlyByRepeating: MayBeHeldLate(fence, sight));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"the API of {fence.Site} answers: {failure.Reason}");
        }
    }

    /// <summary>One live round of reads: does the proof (still) hold? Asked right before a promotion.</summary>
    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [.. context.Parameters.Texts("workloads").Select(name => context.Target(SiteCalls.ParseWorkload(name)))];

    public Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => ProveAsync(context.Estate, intent, cancellationToken);

    /// <inheritdoc cref="ProveAsync(StepContext, JsonObject, CancellationToken)" />
    public async Task<FenceProof> ProveAsync(Estate estate, JsonObject intent, CancellationToken cancellationToken)
    {
        var fence = FenceIntent.From(intent);
        try
        {
            return FenceJudge.Judge(fence, await FenceSight.LookAsync(connections.Of(estate, fence.Site), fence, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new FenceProof(false, [], [$"the API of {fence.Site} answers: {failure.Reason}"]);
        }
    }

    /// <summary>
    /// Lets held pods go and puts replicas back, as another owner, so that the fence owns nothing any more. Only then what a late request could still hold is closed to it: where somebody forbids
    /// that, or it does not succeed until the time is over, everything else is taken back all the same, and a person is told what to look at.
    /// </summary>
    public async Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken)
    {
        var fence = FenceIntent.From(intent);
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var (left, seen) = (new List<string>(), new HashSet<string>());
        if (await ReleasePodsAsync(context, fence, pods => seen.UnionWith(pods), null, deadline, cancellationToken).ConfigureAwait(false) is { } held)
        {
            return new StepOutcome.Failed(held);
        }

        var untouched = new List<FencedWorkload>();
        foreach (var workload in fence.Workloads)
        {
            var result = await PutBackAsync(context, fence, workload, deadline, cancellationToken).ConfigureAwait(false);
            if (Trouble(result) is { } trouble)
            {
                return trouble;
            }

            if (result.State is ReplicaApplyState.NotOurs)
            {
                untouched.Add(workload);
            }
        }

        // Pods are to be closed in what is left of the time, too.
        var half = new StepDeadline(time, deadline.Remaining / 2);
        foreach (var workload in untouched)
        {
            while (!await CloseUntouchedAsync(context, fence, workload, left, half, cancellationToken).ConfigureAwait(false))
            {
                // Held by a late request meanwhile.
                if (Trouble(await PutBackAsync(context, fence, workload, deadline, cancellationToken).ConfigureAwait(false)) is { } trouble)
                {
                    return trouble;
                }
            }
        }

        return await ReleasePodsAsync(context, fence, _ => { }, new OpenPods(seen, left), deadline, cancellationToken).ConfigureAwait(false) is { } late
            ? new StepOutcome.Failed(late)
            : new StepOutcome.Done(left.Count > 0 ? new JsonObject { [Rollback.Left] = string.Join("; ", left) } : []);
    }

    public string Describe(PlanStep step, Estate estate) =>
        $"hold {string.Join(", ", step.Parameters.Texts("workloads"))} in {step.Parameters.Text("namespace")} at {step.Site} at 0 and prove that every pod has ended";

    private static async Task<FencedWorkload> ReadAsync(IKubernetes client, string ns, WorkloadName name, string fence, FenceIntent? before, CancellationToken cancellationToken)
    {
        var seen = await client.ReadWorkloadAsync(ns, name, cancellationToken).ConfigureAwait(false);
        var pods = await client.AllPodsAsync(ns, seen.Selector, cancellationToken).ConfigureAwait(false);
        return FencePlan.Make(seen, pods, fence, before?.Workloads.FirstOrDefault(w => w.Workload == name.ToString() && w.Uid == seen.Uid));
    }

    // Only what this run holds is put back: by a fence, or by what held it again as its lifting was undone. What another run holds, or a person has scaled, is theirs.
    private static bool IsHeldByRun(StepContext context, Workload seen) =>
        seen.Annotation(Annotations.Fence) == Annotations.FenceHeld && seen.Annotation(Annotations.Marker)?.StartsWith($"{context.RunMark}-", StringComparison.Ordinal) is true;

    private static StepOutcome? Trouble(ReplicaApplyResult result) => result.State switch
    {
        ReplicaApplyState.Stands or ReplicaApplyState.NotOurs => null,
        ReplicaApplyState.Refused => new StepOutcome.Failed(result.Reason),
        _ => new StepOutcome.Unknown(result.Reason),
    };

    private Task<ReplicaApplyResult> PutBackAsync(StepContext context, FenceIntent fence, FencedWorkload workload, StepDeadline deadline, CancellationToken cancellationToken)
    {
        var change = new ReplicaChange(
            fence.Namespace,
            WorkloadName.Parse(workload.Workload),
            workload.Uid,
            null,
            workload.ReplicasBefore,
            EffectMark.OfUndo(context).And(Annotations.Fence, Annotations.FenceLifted),
            FieldOwners.Scale) { TakesBack = seen => IsHeldByRun(context, seen) };
        return ReplicaApply.RunAsync(() => connections.Of(context.Estate, fence.Site), change, context.Repeats, context.Permit, deadline, cancellationToken);
    }

    // Someone else's change kept the fence from ever holding this one: there is nothing of ours to take back. A late request would still hold one
    // that is as the intent has it: it is written once, so that such a request meets another resourceVersion. False where one has held it already.
    private async Task<bool> CloseUntouchedAsync(
        StepContext context, FenceIntent fence, FencedWorkload workload, List<string> left, StepDeadline deadline, CancellationToken cancellationToken)
    {
        var (trouble, mark) = ("", EffectMark.OfUndo(context).Marker);
        do
        {
            try
            {
                var client = connections.Of(context.Estate, fence.Site);
                var seen = await client.ReadWorkloadAsync(fence.Namespace, WorkloadName.Parse(workload.Workload), cancellationToken).ConfigureAwait(false);
                if (IsHeldByRun(context, seen))
                {
                    return false;
                }

                if (seen.Annotation(Annotations.Fence) == Annotations.FenceHeld)
                {
                    left.Add(ReplicaApply.NotOurs(seen.Name, seen).Reason);
                    return true;
                }

                if (seen.Uid != workload.Uid || seen.Generation != workload.Generation || seen.Annotation(Annotations.FenceClosed) == mark)
                {
                    return true;
                }

                context.Permit.Require();
                await client.AnnotateWorkloadAsync(fence.Namespace, seen, new Dictionary<string, string> { [Annotations.FenceClosed] = mark }, FieldOwners.Scale, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                trouble = failure.Reason;
                if (failure.IsFinal)
                {
                    break;
                }
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        left.Add($"{workload.Workload} could not be marked ({trouble}): a late request of this fence may still hold it at 0. See that it asks for the replicas it should");
        return true;
    }

    // Also a pod that is not held is written once, at last: a request to hold it may still be on its way, and nobody would let that one go. Where only that does not succeed, it is no failure.
    private async Task<string?> ReleasePodsAsync(StepContext context, FenceIntent fence, Action<IEnumerable<string>> onSeen, OpenPods? toClose, StepDeadline deadline, CancellationToken cancellationToken)
    {
        var (reason, over, doubted, mark) = ("", new HashSet<string>(), new HashSet<string>(), EffectMark.OfUndo(context).And(Annotations.Fence, Annotations.FenceLifted));
        Dictionary<string, string>? closing = null;
        do
        {
            try
            {
                var client = connections.Of(context.Estate, fence.Site);
                var sight = await FenceSight.LookAsync(client, fence, cancellationToken).ConfigureAwait(false);
                var pods = sight.Pods.Values.SelectMany(p => p).ToList();
                onSeen(pods.Select(pod => pod.Metadata.Uid));
                var held = pods.Where(FenceExecution.IsHeld).ToList();
                var open = toClose is null ? [] : pods.Where(pod => toClose.Uids.Contains(pod.Metadata.Uid) && !over.Contains(pod.Metadata.Uid) && FenceExecution.MayBeHeldLate(pod, mark)).ToList();
                if (held.Count == 0 && open.Count == 0)
                {
                    return null;
                }

                reason = held.Count > 0 ? $"pod {held[0].Metadata.Name} is still held" : "";
                closing = held.Count > 0 ? null : open.ToDictionary(pod => pod.Metadata.Uid, pod => $"a late request may still hold pod {pod.Metadata.Name}");
                foreach (var pod in held)
                {
                    context.Permit.Require();
                    await FenceExecution.ReleaseAsync(client, pod, cancellationToken).ConfigureAwait(false);
                }

                foreach (var pod in open)
                {
                    context.Permit.Require();
                    try
                    {
                        if (await FenceExecution.CloseAsync(client, pod, mark, cancellationToken).ConfigureAwait(false))
                        {
                            closing?.Remove(pod.Metadata.Uid);
                        }
                    }
                    catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
                    {
                        var words = $"pod {pod.Metadata.Name} could not be marked ({failure.Reason}): a late request of this fence may still hold it. See that it carries no finalizer {Annotations.FenceFinalizer}, and take that off otherwise";
                        if (failure.IsPassing || (failure.Status == HttpStatusCode.UnprocessableEntity && doubted.Add(pod.Metadata.Uid)))
                        {
                            // A 422 is also said where another pod has its name by now: the next look tells.
                            closing?[pod.Metadata.Uid] = words;
                            continue;
                        }

                        over.Add(pod.Metadata.Uid);
                        closing?.Remove(pod.Metadata.Uid);
                        toClose!.Left.Add(words);
                    }
                }
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                reason = failure.Reason;
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        toClose?.Left.AddRange(closing?.Values ?? Enumerable.Empty<string>());
        return closing is null ? $"the pods of {fence.Site} cannot be let go: {reason}" : null;
    }

    private static bool MayBeHeldLate(FenceIntent fence, FenceSight sight) => fence.Workloads.Any(meant =>
        sight.Workloads[meant.Workload] is { } seen && seen.Uid == meant.Uid && seen.Generation == meant.Generation && seen.Annotation(Annotations.Marker) != fence.Marker);

    private static JsonObject Outputs(FenceIntent intent, FenceSight sight, FenceProof proof)
    {
        var ended = intent.Workloads.SelectMany(w => FenceJudge.EndedPods(intent, w, sight.Workloads[w.Workload])).ToList();
        return new JsonObject
        {
            ["facts"] = new JsonArray([.. proof.Facts.Select(f => JsonValue.Create(f))]),
            ["workloads"] = new JsonArray([.. intent.Workloads.Select(w => JsonValue.Create(w.Workload))]),
            ["replicasBefore"] = new JsonObject(intent.Workloads.Select(w => KeyValuePair.Create<string, JsonNode?>(w.Workload, JsonValue.Create(w.ReplicasBefore)))),
            ["pods"] = JsonSerializer.SerializeToNode(ended, FenceRecord.Format),
        };
    }

    /// <summary>Pods that were there before replicas were put back, and what could not be closed of them, in words.</summary>
    private sealed record OpenPods(IReadOnlySet<string> Uids, List<string> Left);
}
