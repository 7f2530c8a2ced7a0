using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>
/// Lifting a fence: what every kind that does it shares, whoever's fence it is. Each workload gets its replicas in one apply that says so; a fence is lifted only from a standby, and
/// while no Job of ours there could still promote. Undo holds the workloads at 0 again.
/// </summary>
internal sealed class FenceLift(ClusterConnections connections, TimeProvider time)
{
    /// <summary>What a plan gives back, by workload.</summary>
    public static IEnumerable<(WorkloadName Name, int Replicas)> Wanted(StepContext context)
    {
        foreach (var (name, replicas) in context.Parameters.Object("workloads") ?? [])
        {
            yield return int.TryParse(replicas?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (SiteCalls.ParseWorkload(name), number)
                : throw new StepFailedException($"workloads: {name} has '{replicas}' replicas; allowed: a whole number, 0 or more");
        }
    }

    /// <summary>The step at <c>rejoined-by</c> says that the old side is a standby now; its outputs.</summary>
    public static JsonObject RequireStandby(StepContext context)
    {
        var step = context.Parameters.Text("rejoined-by");
        var outputs = context.Steps.OutputsOf(step) ?? [];
        return outputs["role"]?.ToString() is "standby"
            ? outputs
            : throw new StepFailedException($"the fence is lifted only from a standby: step '{step}' says role '{outputs["role"]?.ToString() ?? "nothing"}'");
    }

    /// <summary>The workloads as the intent keeps them: each held by the fence now, with uid and generation.</summary>
    public async Task<JsonArray> MeantAsync(StepContext context, FenceIntent fence, CancellationToken cancellationToken)
    {
        var (site, fenceStep) = (context.Site(), context.Parameters.Text("fence"));
        var workloads = new JsonArray();
        foreach (var (name, replicas) in Wanted(context))
        {
            if (fence.Workloads.FirstOrDefault(w => w.Workload == name.ToString()) is not { } fenced)
            {
                throw new StepFailedException($"{name} is not held by step '{fenceStep}'; it holds: {string.Join(", ", fence.Workloads.Select(w => w.Workload))}");
            }

            var seen = await ReadAsync(context, name, cancellationToken).ConfigureAwait(false);
            if (seen.Uid != fenced.Uid || seen.Annotation(Annotations.Fence) != Annotations.FenceHeld)
            {
                throw new StepFailedException($"{name} at {site} is not held by a fence any more");
            }

            workloads.Add(new JsonObject { ["workload"] = name.ToString(), ["uid"] = seen.Uid, ["generation"] = seen.Generation, ["replicas"] = replicas });
        }

        return workloads;
    }

    /// <summary>A workload as it is now, at the step's site and in its namespace.</summary>
    public Task<Workload> ReadAsync(StepContext context, WorkloadName name, CancellationToken cancellationToken) => SiteCalls.ReadOrFailAsync(
        $"{name} at {context.Site()}",
        () => connections.Of(context.Estate, context.Site()).ReadWorkloadAsync(context.Namespace(), name, cancellationToken),
        cancellationToken);

    /// <summary>Why it cannot be lifted now; null where nothing of ours there can promote any more.</summary>
    public async Task<string?> ActiveJobAsync(StepContext context, CancellationToken cancellationToken)
    {
        // A promote request that is still on its way would make the old side writable as soon as its store starts.
        var jobs = await SiteCalls.ReadOrFailAsync(
            $"jobs in {context.Namespace()} at {context.Site()}",
            () => connections.Of(context.Estate, context.Site()).AllJobsAsync(context.Namespace(), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        var active = jobs.FirstOrDefault(j => j.Metadata.Annotations?.ContainsKey(Annotations.Marker) == true && !JobState.IsFinished(j));
        return active is null ? null : $"the fence cannot be lifted while Job {active.Metadata.Name} is not finished: it could still promote";
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, JsonObject outputs, CancellationToken cancellationToken)
    {
        try
        {
            var client = connections.Of(context.Estate, context.Site());
            foreach (var workload in Workloads(intent))
            {
                var seen = await client.ReadWorkloadAsync(context.Namespace(), workload.Name, cancellationToken).ConfigureAwait(false);
                if (seen.Uid != workload.Uid || seen.Annotation(Annotations.Marker) != context.Marker)
                {
                    return new Observation(
                        ObservedAnswer.CannotHappenAnyMore,
                        $"{workload.Name} does not carry {context.Marker}; a late request would meet the same resourceVersion",
                        OnlyByRepeating: seen.Uid == workload.Uid && seen.Generation == workload.Generation);
                }
            }

            return new Observation(ObservedAnswer.Happened, $"every workload carries {context.Marker}", outputs);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"the API of {context.Site()} answers: {failure.Reason}");
        }
    }

    public static IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [.. Wanted(context).Select(wanted => context.Target(wanted.Name))];

    /// <summary>What says that a lifted workload is not what the lift made it; null where nothing does, or its API is silent.</summary>
    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            var client = connections.Of(context.Estate, context.Site());
            foreach (var workload in Workloads(intent))
            {
                var seen = await client.ReadWorkloadAsync(context.Namespace(), workload.Name, cancellationToken).ConfigureAwait(false);
                if (seen.Uid != workload.Uid)
                {
                    return $"{workload.Name} is another one by now";
                }

                if (seen.Annotation(Annotations.Fence) == Annotations.FenceHeld)
                {
                    return $"{workload.Name} is held by a fence again";
                }

                if ((seen.Replicas > 0) != (workload.Replicas > 0))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{workload.Name} was scaled to {workload.Replicas} and has {seen.Replicas} replicas");
                }
            }
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            // Silent: it contradicts nothing.
        }

        return null;
    }

    /// <summary>Gives replicas, or with <paramref name="undo"/> holds at 0 again. Null once it stands for every workload.</summary>
    public async Task<StepOutcome?> ApplyAsync(StepContext context, JsonObject intent, bool undo, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var mark = undo
            ? EffectMark.OfUndo(context).And(Annotations.Fence, Annotations.FenceHeld)
            : EffectMark.Of(context).And(Annotations.Fence, Annotations.FenceLifted);
        foreach (var workload in Workloads(intent))
        {
            var change = new ReplicaChange(
                context.Namespace(), workload.Name, workload.Uid, undo ? null : workload.Generation, undo ? 0 : workload.Replicas, mark, FieldOwners.Fence);
            var result = await ReplicaApply.RunAsync(() => connections.Of(context.Estate, context.Site()), change, context.Repeats, context.Permit, deadline, cancellationToken).ConfigureAwait(false);
            if (result.State != ReplicaApplyState.Stands)
            {
                return result.State == ReplicaApplyState.Refused ? new StepOutcome.Failed(result.Reason) : new StepOutcome.Unknown(result.Reason);
            }
        }

        return null;
    }

    /// <summary>What stands against it now says nothing of a request that may be on its way.</summary>
    public static StepOutcome NotNow(StepContext context, string why) => context.Repeats ? new StepOutcome.Unknown(why) : new StepOutcome.Failed(why);

    /// <summary>Replicas by workload, as outputs.</summary>
    public static JsonObject Replicas(JsonObject intent) =>
        new(Workloads(intent).Select(w => KeyValuePair.Create<string, JsonNode?>(w.Name.ToString(), JsonValue.Create(w.Replicas))));

    private static IEnumerable<(WorkloadName Name, string Uid, long Generation, int Replicas)> Workloads(JsonObject intent) =>
        intent["workloads"]!.AsArray().Select(w => (
            WorkloadName.Parse(w!["workload"]!.GetValue<string>()), w["uid"]!.GetValue<string>(), w["generation"]!.GetValue<long>(), w["replicas"]!.GetValue<int>()));
}
