using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Probes.Kubernetes;

/// <summary>A workload as its controller says it is.</summary>
/// <param name="Troubles">What the controller itself complains of.</param>
/// <param name="Selector">Of its pods.</param>
internal sealed record WorkloadSight(int Wanted, int Ready, long Generation, long ObservedGeneration, IReadOnlyList<string> Troubles, string Selector)
{
    public static async Task<WorkloadSight> LookAsync(IKubernetes client, KubernetesCheck.WorkloadReady check, CancellationToken cancellationToken)
    {
        switch (check.Kind)
        {
            case "deployment":
                var deployment = await client.AppsV1.ReadNamespacedDeploymentAsync(check.Name, check.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
                var conditions = (deployment.Status?.Conditions ?? []).Where(IsTrouble).Select(c => ProbeFailures.OneLine($"{c.Reason}: {c.Message}"));
                return new WorkloadSight(
                    deployment.Spec.Replicas ?? 1, deployment.Status?.ReadyReplicas ?? 0, deployment.Metadata.Generation ?? 0, deployment.Status?.ObservedGeneration ?? 0,
                    [.. conditions], Workload.SelectorText(deployment.Spec.Selector));
            case "statefulset":
                var stateful = await client.AppsV1.ReadNamespacedStatefulSetAsync(check.Name, check.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
                return new WorkloadSight(
                    stateful.Spec.Replicas ?? 1, stateful.Status?.ReadyReplicas ?? 0, stateful.Metadata.Generation ?? 0, stateful.Status?.ObservedGeneration ?? 0,
                    [], Workload.SelectorText(stateful.Spec.Selector));
            default:
                var daemon = await client.AppsV1.ReadNamespacedDaemonSetAsync(check.Name, check.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
                return new WorkloadSight(
                    daemon.Status?.DesiredNumberScheduled ?? 0, daemon.Status?.NumberReady ?? 0, daemon.Metadata.Generation ?? 0, daemon.Status?.ObservedGeneration ?? 0,
                    [], Workload.SelectorText(daemon.Spec.Selector));
        }
    }

    private static bool IsTrouble(V1DeploymentCondition condition) =>
        (condition.Type == "Progressing" && condition.Status == "False") || (condition.Type == "ReplicaFailure" && condition.Status == "True");
}
