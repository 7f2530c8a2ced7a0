using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// <c>k8s.unfence</c>: lifts a fence, which is safe only once the old side is a standby in its own data and nothing there can promote it any more. Undo holds it at 0 again.
/// </summary>
internal sealed class K8sUnfenceStep(ClusterConnections connections, TimeProvider time) : IReversibleStepKind
{
    public StepKindShape Shape { get; } = new(
        "k8s.unfence",
        StepEffect.Reversible,
        NeedsSite: true,
        "Lifts a fence: gives the held workloads replicas again, once the old side has been rejoined as standby.",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("fence", ParameterType.StepName, true, "The k8s.fence step that holds them."),
            new ParameterShape("rejoined-by", ParameterType.StepName, true, "The step whose output 'role' says 'standby'."),
            new ParameterShape("workloads", ParameterType.Object, true, "Replicas by workload: { \"statefulset/NAME\": 1 }; 0 keeps it down."),
        ],
        ["workloads"]) { LiftsFence = "fence" };

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var site = context.Site();
        var fenceStep = context.Parameters.Text("fence");
        var fence = context.Steps.IntentOf(fenceStep) is { } json
            ? FenceIntent.From(json)
            : throw new StepFailedException($"step '{fenceStep}' has fenced nothing in this run");
        if (fence.Site != site || fence.Namespace != context.Namespace())
        {
            throw new StepFailedException($"step '{fenceStep}' fenced {fence.Namespace} at {fence.Site}, not {context.Namespace()} at {site}");
        }

        RequireStandby(context);
        var workloads = new JsonArray();
        foreach (var (name, replicas) in Wanted(context))
        {
            if (fence.Workloads.FirstOrDefault(w => w.Workload == name.ToString()) is not { } fenced)
            {
                throw new StepFailedException($"{name} is not held by step '{fenceStep}'; it holds: {string.Join(", ", fence.Workloads.Select(w => w.Workload))}");
            }

            var seen = await SiteCalls.ReadOrFailAsync(
                $"{name} at {site}",
                () => connections.Of(context.Estate, site).ReadWorkloadAsync(fence.Namespace, name, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            if (seen.Uid != fenced.Uid || seen.Annotation(Annotations.Fence) != Annotations.FenceHeld)
            {
                throw new StepFailedException($"{name} at {site} is not held by a fence any more");
            }

            workloads.Add(new JsonObject { ["workload"] = name.ToString(), ["uid"] = seen.Uid, ["generation"] = seen.Generation, ["replicas"] = replicas });
        }

        if (await ActiveJobAsync(context, cancellationToken).ConfigureAwait(false) is { } active)
        {
            throw new StepFailedException(active);
        }

        return new JsonObject { ["site"] = site, ["namespace"] = fence.Namespace, ["workloads"] = workloads };
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            if (await ActiveJobAsync(context, cancellationToken).ConfigureAwait(false) is { } active)
            {
                return new StepOutcome.Failed(active);
            }
        }
        catch (StepFailedException e)
        {
            return new StepOutcome.Failed(e.Message);
        }

        return await ApplyAsync(context, intent, undo: false, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            var client = connections.Of(context.Estate, context.Site());
            foreach (var workload in Workloads(intent))
            {
                var seen = await client.ReadWorkloadAsync(context.Namespace(), workload.Name, cancellationToken).ConfigureAwait(false);
                if (seen.Uid != workload.Uid || seen.Annotation(Annotations.Marker) != context.Marker)
                {
                    return new Observation(ObservedAnswer.CannotHappenAnyMore, $"{workload.Name} does not carry {context.Marker}; a late request would meet the same resourceVersion");
                }
            }

            return new Observation(ObservedAnswer.Happened, $"every workload carries {context.Marker}", Outputs(intent));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"the API of {context.Site()} answers: {failure.Reason}");
        }
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        ApplyAsync(context, intent, undo: true, cancellationToken);

    public string Describe(PlanStep step, Estate estate) =>
        $"lift the fence of step {step.Parameters.Text("fence")} in {step.Parameters.Text("namespace")} at {step.Site}: {step.Parameters.Object("workloads")?.ToJsonString()}";

    private async Task<StepOutcome> ApplyAsync(StepContext context, JsonObject intent, bool undo, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var mark = undo
            ? EffectMark.OfUndo(context).And(Annotations.Fence, Annotations.FenceHeld)
            : EffectMark.Of(context).And(Annotations.Fence, Annotations.FenceLifted);
        foreach (var workload in Workloads(intent))
        {
            var change = new ReplicaChange(
                context.Namespace(), workload.Name, workload.Uid, undo ? null : workload.Generation, undo ? 0 : workload.Replicas, mark, FieldOwners.Fence);
            var result = await ReplicaApply.RunAsync(() => connections.Of(context.Estate, context.Site()), change, context.Permit, deadline, cancellationToken).ConfigureAwait(false);
            if (result.State != ReplicaApplyState.Stands)
            {
                return result.State == ReplicaApplyState.Refused ? new StepOutcome.Failed(result.Reason) : new StepOutcome.Unknown(result.Reason);
            }
        }

        return new StepOutcome.Done(undo ? [] : Outputs(intent));
    }

    private static void RequireStandby(StepContext context)
    {
        var step = context.Parameters.Text("rejoined-by");
        var role = context.Steps.OutputsOf(step)?["role"]?.ToString();
        if (role != "standby")
        {
            throw new StepFailedException($"the fence is lifted only from a standby: step '{step}' says role '{role ?? "nothing"}'");
        }
    }

    // A promote request that is still on its way would make the old side writable as soon as its store starts.
    private async Task<string?> ActiveJobAsync(StepContext context, CancellationToken cancellationToken)
    {
        var jobs = await SiteCalls.ReadOrFailAsync(
            $"jobs in {context.Namespace()} at {context.Site()}",
            () => connections.Of(context.Estate, context.Site()).BatchV1.ListNamespacedJobAsync(context.Namespace(), cancellationToken: cancellationToken),
            cancellationToken).ConfigureAwait(false);
        var active = jobs.Items.FirstOrDefault(j => j.Metadata.Annotations?.ContainsKey(Annotations.Marker) == true && !JobState.IsFinished(j));
        return active is null ? null : $"the fence cannot be lifted while Job {active.Metadata.Name} is not finished: it could still promote";
    }

    private static IEnumerable<(WorkloadName Name, int Replicas)> Wanted(StepContext context)
    {
        foreach (var (name, replicas) in context.Parameters.Object("workloads") ?? [])
        {
            yield return int.TryParse(replicas?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (SiteCalls.ParseWorkload(name), number)
                : throw new StepFailedException($"workloads: {name} has '{replicas}' replicas; allowed: a whole number, 0 or more");
        }
    }

    private static IEnumerable<(WorkloadName Name, string Uid, long Generation, int Replicas)> Workloads(JsonObject intent) =>
        intent["workloads"]!.AsArray().Select(w => (
            WorkloadName.Parse(w!["workload"]!.GetValue<string>()), w["uid"]!.GetValue<string>(), w["generation"]!.GetValue<long>(), w["replicas"]!.GetValue<int>()));

    private static JsonObject Outputs(JsonObject intent) =>
        new() { ["workloads"] = new JsonObject(Workloads(intent).Select(w => KeyValuePair.Create<string, JsonNode?>(w.Name.ToString(), JsonValue.Create(w.Replicas)))) };
}
