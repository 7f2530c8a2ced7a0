using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Gives pods to the node when it is ready and takes pods, and their claims exist. Requests for CPU and memory are not weighed.</summary>
internal sealed class Scheduler : IController
{
    private static readonly Writer Writer = new("kube-scheduler", ObjectRegistry.Binding);

    public void Reconcile(Pass pass)
    {
        foreach (var pod in pass.All(ResourceKind.Pods).Where(pod => pod.Spec.Text("nodeName") is not { Length: > 0 } && !pod.Deleting))
        {
            var obstacle = Obstacle(pass, pod, out var node);
            pass.Write(pod, Writer, content =>
            {
                if (obstacle is null)
                {
                    content["spec"]!["nodeName"] = node;
                }

                PodStatus.SetCondition(
                    content.Obtain("status"), "PodScheduled", obstacle is null ? "True" : "False", obstacle is null ? null : "Unschedulable", obstacle, pass.Now);
            });
        }
    }

    private static string? Obstacle(Pass pass, Live pod, out string? node)
    {
        node = null;
        foreach (var claim in PodFolders.ClaimsOf(pod.Content))
        {
            if (!pass.All(ResourceKind.Claims).Any(known => known.Key.Name == claim && known.Key.Namespace == pod.Key.Namespace))
            {
                return $"persistentvolumeclaim \"{claim}\" not found";
            }
        }

        var free = pass.All(ResourceKind.Nodes).FirstOrDefault(candidate =>
            PodStatus.Condition(candidate.Content, "Ready") == "True" && candidate.Spec.Flag("unschedulable") != true && !candidate.Deleting);
        node = free?.Key.Name;
        return free is null ? "0/1 nodes are available: the node is not ready or takes no pods" : null;
    }
}
