using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Keeps as many pods as asked; too many end beginning with those that are of least use.</summary>
internal sealed class ReplicaSetController : IController
{
    public void Reconcile(Pass pass)
    {
        foreach (var set in pass.All(ResourceKind.ReplicaSets))
        {
            var pods = pass.OwnedBy(set, ResourceKind.Pods).Where(pod => !pod.Deleting && !pod.IsOver()).ToList();
            if (!set.Deleting)
            {
                Act(pass, set, pods);
            }

            var ready = pods.Count(pod => pod.IsReady());
            pass.UpdateStatus(set, status =>
            {
                status["observedGeneration"] = set.Generation;
                status["replicas"] = pods.Count;
                status["fullyLabeledReplicas"] = pods.Count;
                status["readyReplicas"] = ready;
                status["availableReplicas"] = ready;
            });
        }
    }

    private static void Act(Pass pass, Live set, List<Live> pods)
    {
        var wanted = set.Spec.Number("replicas") ?? 1;
        for (var count = pods.Count; count < wanted; count++)
        {
            pass.Create(set, ResourceKind.Pods, $"{set.Key.Name}-{ObjectNames.RandomEnd()}", PodTemplates.Pod(set, []));
        }

        foreach (var pod in pods.OrderBy(pod => pod.IsReady()).ThenByDescending(pod => pod.CreatedAt).Take(Math.Max(0, pods.Count - wanted)))
        {
            pass.Delete(pod);
        }
    }
}
