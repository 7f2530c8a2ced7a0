using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;

namespace DrOrchestrator.Drills.Steps.Workloads;

/// <summary><c>k8s.rollout</c>: waits until a workload is as it was asked to be, by the rules of <c>kubectl rollout status</c>. Changes nothing.</summary>
internal sealed class K8sRolloutStep(ClusterConnections connections, TimeProvider time) : IStepKind
{
    public StepKindShape Shape { get; } = new(
        "k8s.rollout",
        StepEffect.None,
        NeedsSite: true,
        "Waits until every replica of a Deployment or StatefulSet is updated, ready and available.",
        [SiteCalls.NamespaceParameter, new ParameterShape("workload", ParameterType.Text, true, "deployment/NAME or statefulset/NAME.")],
        ["replicas"]);

    public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new JsonObject { ["workload"] = context.Workload().ToString() });

    public async Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        var workload = context.Workload();
        var deadline = new StepDeadline(time, context.Step.Timeout);
        string waitsFor;
        (DateTime? At, string Message)? before = null;
        var looks = 0;
        do
        {
            try
            {
                var client = connections.Of(context.Estate, context.Site());
                var seen = await client.ReadWorkloadAsync(context.Namespace(), workload, cancellationToken).ConfigureAwait(false);
                if (Unfinished(seen) is not { } unfinished)
                {
                    return new StepOutcome.Done(new JsonObject { ["replicas"] = seen.Replicas });
                }

                // What had been given up before this step is as old as the template that could not come up: somebody may just have mended it.
                before = looks++ == 0 ? seen.GivenUp : before;
                var givenUp = seen.GivenUp is { } given && given != before && seen.ObservedGeneration >= seen.Generation;
                waitsFor = unfinished;
                if (givenUp || deadline.Remaining < SiteCalls.PollInterval)
                {
                    waitsFor = string.Join("; ", (await TroublesAsync(client, context.Namespace(), seen, cancellationToken).ConfigureAwait(false)).Prepend(unfinished));
                }

                if (givenUp)
                {
                    return new StepOutcome.Failed($"the controller at {context.Site()} has given the rollout of {workload} up (progressDeadlineSeconds): {waitsFor}");
                }
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                waitsFor = $"{workload} cannot be read: {failure.Reason}";
            }
        }
        while (await deadline.LookAgainAsync(cancellationToken).ConfigureAwait(false));

        return new StepOutcome.Failed($"{workload} at {context.Site()} is not ready after {Durations.Format(context.Step.Timeout)}: {waitsFor}");
    }

    public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) =>
        Task.FromResult(new Observation(ObservedAnswer.CannotHappenAnyMore, "waiting has no effect"));

    public string Describe(PlanStep step, Estate estate) =>
        $"wait until {step.Parameters.Text("workload")} in {step.Parameters.Text("namespace")} at {step.Site} is rolled out";

    /// <summary>What is still missing; null when nothing is.</summary>
    internal static string? Unfinished(Workload seen)
    {
        string Line(string what, int count) => string.Create(CultureInfo.InvariantCulture, $"{count} of {seen.Replicas} replicas of {seen.Name} are {what}");
        return seen.ObservedGeneration < seen.Generation ? $"the controller has not seen the change of {seen.Name} yet"
            : seen.Updated < seen.UpdatesAwaited ? Line("updated", seen.Updated)
            : seen.UpdatesAwaited == seen.Replicas && seen.StatusReplicas > seen.Updated ? string.Create(CultureInfo.InvariantCulture, $"{seen.StatusReplicas - seen.Updated} old replicas of {seen.Name} are still there")
            : seen.StatusReplicas > seen.Replicas ? string.Create(CultureInfo.InvariantCulture, $"{seen.StatusReplicas - seen.Replicas} surplus replicas of {seen.Name} are still there")
            : seen.Ready < seen.Replicas ? Line("ready", seen.Ready)
            : seen.Available < seen.Replicas ? Line("available", seen.Available)
            : null;
    }

    /// <summary>Why it does not come: what keeps pods from being made, and what those that are there wait for.</summary>
    private static async Task<IEnumerable<string>> TroublesAsync(IKubernetes client, string ns, Workload seen, CancellationToken cancellationToken)
    {
        var pods = await client.AllPodsAsync(ns, seen.Selector, cancellationToken).ConfigureAwait(false);
        var made = seen.CannotMakePods ?? (seen.StatusReplicas < seen.Replicas ? await PodWaits.RefusedAsync(client, ns, seen.Uid, cancellationToken).ConfigureAwait(false) : null);
        var troubles = pods.SelectMany(pod => PodWaits.Of(pod, mustBeReady: true));
        return made is null ? troubles : troubles.Prepend($"no more pods can be made: {made}");
    }
}
