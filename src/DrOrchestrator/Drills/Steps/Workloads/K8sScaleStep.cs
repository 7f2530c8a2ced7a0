using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Workloads;

/// <summary><c>k8s.scale</c>: sets the replicas of one workload. Does not wait for pods; that is <c>k8s.rollout</c>.</summary>
internal sealed class K8sScaleStep(ClusterConnections connections, TimeProvider time) : IReversibleStepKind, IStandingKind, ITriedKind
{
    public StepKindShape Shape { get; } = new(
        "k8s.scale",
        StepEffect.Reversible,
        NeedsSite: true,
        "Sets the replicas of a Deployment or StatefulSet and owns the field; does not wait for pods.",
        [
            SiteCalls.NamespaceParameter,
            new ParameterShape("workload", ParameterType.Text, true, "deployment/NAME or statefulset/NAME."),
            new ParameterShape("replicas", ParameterType.Integer, true, "How many."),
        ],
        ["replicasBefore"]);

    public async Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken)
    {
        var workload = context.Workload();
        var replicas = context.Parameters.Integer("replicas");
        if (replicas is < 0 or > 10_000)
        {
            throw new StepFailedException(string.Create(CultureInfo.InvariantCulture, $"{replicas} replicas; allowed: 0 to 10000"));
        }

        var seen = await SiteCalls.ReadOrFailAsync(
            $"{workload} at {context.Site()}",
            () => connections.Of(context.Estate, context.Site()).ReadWorkloadAsync(context.Namespace(), workload, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        if (seen.Annotation(Annotations.Fence) == Annotations.FenceHeld)
        {
            throw new StepFailedException($"{workload} at {context.Site()} is held at 0 by the fence {seen.Annotation(Annotations.Marker)}; only k8s.unfence lifts it");
        }

        return new JsonObject
        {
            ["workload"] = workload.ToString(),
            ["uid"] = seen.Uid,
            ["resourceVersion"] = seen.ResourceVersion,
            ["generation"] = seen.Generation,
            ["markBefore"] = seen.Annotation(Annotations.Marker) ?? "",
            ["replicasBefore"] = seen.Replicas,
            ["replicas"] = replicas,
        };
    }

    /// <summary>By the request that the step sends, and a fence refuses as it would then.</summary>
    public async Task<IReadOnlyList<TriedObject>> TryAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (intent, workload) = (await PrepareAsync(context, cancellationToken).ConfigureAwait(false), context.Workload());
        return
        [
            await TriedPatch.TakeAsync(
                connections.Of(context.Estate, context.Site()),
                new ObjectAddress("apps/v1", workload.Kind + "s", context.Namespace(), workload.Name),
                PatchType.Apply,
                seen => PatchBody.Of(PatchType.Apply, new JsonObject { ["spec"] = new JsonObject { ["replicas"] = intent["replicas"]!.DeepClone() } }, seen, EffectMark.Of(context)),
                FieldOwners.Scale,
                force: true,
                time,
                cancellationToken).ConfigureAwait(false),
        ];
    }

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var change = Change(context, intent, Generation(intent), "replicas", EffectMark.Of(context)) with { ShowsNothingDone = mark => MarkedWrite.HasSameMark(intent, mark) };
        return await RunAsync(context, change, intent, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var workload = context.Workload();
        try
        {
            var seen = await connections.Of(context.Estate, context.Site()).ReadWorkloadAsync(context.Namespace(), workload, cancellationToken).ConfigureAwait(false);
            return MarkedWrite.Judge(workload.ToString(), context.Marker, intent, seen.Uid, seen.Annotation(Annotations.Marker), seen.Generation != Generation(intent), () => Outputs(intent));
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return new Observation(failure.IsPassing ? ObservedAnswer.StillMay : ObservedAnswer.CannotTell, $"{workload} cannot be read: {failure.Reason}");
        }
    }

    public IReadOnlyList<StepTarget> TargetsOf(StepContext context) => [context.Target(context.Workload())];

    public async Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var workload = context.Workload();
        try
        {
            var seen = await connections.Of(context.Estate, context.Site()).ReadWorkloadAsync(context.Namespace(), workload, cancellationToken).ConfigureAwait(false);
            var replicas = (int)intent.Number("replicas")!.Value;

            // How many there are may be another's to say (an autoscaler); whether there are any is what the step was for.
            return seen.Uid != intent.Text("uid") ? $"{workload} is another one by now"
                : (seen.Replicas > 0) != (replicas > 0) ? string.Create(CultureInfo.InvariantCulture, $"{workload} was scaled to {replicas} and has {seen.Replicas} replicas")
                : null;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return null;
        }
    }

    public Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken) =>
        RunAsync(
            context,
            Change(context, intent, null, "replicasBefore", EffectMark.OfUndo(context)) with { Over = $"{context.RunMark}-" },
            intent,
            cancellationToken);

    public string Describe(PlanStep step, Estate estate) =>
        $"set {step.Parameters.Text("workload")} in {step.Parameters.Text("namespace")} at {step.Site} to {step.Parameters.Text("replicas")} replicas";

    private async Task<StepOutcome> RunAsync(StepContext context, ReplicaChange change, JsonObject intent, CancellationToken cancellationToken)
    {
        var deadline = new StepDeadline(time, context.Step.Timeout);
        var result = await ReplicaApply.RunAsync(() => connections.Of(context.Estate, context.Site()), change, context.Repeats, context.Permit, deadline, cancellationToken).ConfigureAwait(false);
        return result.State switch
        {
            ReplicaApplyState.Stands => new StepOutcome.Done(Outputs(intent)),
            ReplicaApplyState.NotOurs => new StepOutcome.Done(new JsonObject { [Rollback.Left] = result.Reason }),
            ReplicaApplyState.Refused => new StepOutcome.Failed(result.Reason),
            _ => new StepOutcome.Unknown(result.Reason),
        };
    }

    private static ReplicaChange Change(StepContext context, JsonObject intent, long? generation, string replicas, EffectMark mark) => new(
        context.Namespace(),
        context.Workload(),
        intent["uid"]!.GetValue<string>(),
        generation,
        (int)intent[replicas]!.GetValue<long>(),
        mark,
        FieldOwners.Scale);

    private static long Generation(JsonObject intent) => intent["generation"]!.GetValue<long>();

    private static JsonObject Outputs(JsonObject intent) => new() { ["replicasBefore"] = intent["replicasBefore"]!.DeepClone() };
}
