using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps;

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

                waitsFor = unfinished;
                if (deadline.Remaining < SiteCalls.PollInterval)
                {
                    var pods = await client.CoreV1.ListNamespacedPodAsync(context.Namespace(), labelSelector: seen.Selector, cancellationToken: cancellationToken).ConfigureAwait(false);
                    waitsFor = string.Join("; ", pods.Items.SelectMany(PodTroubles).Prepend(unfinished));
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
            : seen.Updated < seen.Replicas ? Line("updated", seen.Updated)
            : seen.StatusReplicas > seen.Updated ? string.Create(CultureInfo.InvariantCulture, $"{seen.StatusReplicas - seen.Updated} old replicas of {seen.Name} are still there")
            : seen.StatusReplicas > seen.Replicas ? string.Create(CultureInfo.InvariantCulture, $"{seen.StatusReplicas - seen.Replicas} surplus replicas of {seen.Name} are still there")
            : seen.Ready < seen.Replicas ? Line("ready", seen.Ready)
            : seen.Available < seen.Replicas ? Line("available", seen.Available)
            : null;
    }

    /// <summary>Why the containers of a pod do not run.</summary>
    internal static IEnumerable<string> PodTroubles(V1Pod pod)
    {
        foreach (var condition in (pod.Status?.Conditions ?? []).Where(c => c.Type == "PodScheduled" && c.Status == "False"))
        {
            yield return $"pod {pod.Metadata.Name} is not scheduled: {condition.Reason} {condition.Message}".TrimEnd();
        }

        foreach (var container in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            if (container.State?.Waiting is { } waiting)
            {
                yield return $"container {container.Name} of pod {pod.Metadata.Name} waits: {waiting.Reason} {waiting.Message}".TrimEnd();
            }
            else if (!container.Ready && container.State?.Running is not null)
            {
                yield return $"container {container.Name} of pod {pod.Metadata.Name} runs but is not ready";
            }
        }
    }
}
