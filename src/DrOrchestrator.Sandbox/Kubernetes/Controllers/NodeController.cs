using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>
/// Calls a node Unknown when its lease is not renewed in time, and its pods not ready. It does not evict them: in Kubernetes that comes five
/// minutes later and never ends a process on a node that hears nothing.
/// </summary>
internal sealed class NodeController(TimeSpan grace) : IController
{
    // Between two looks at a healthy node; each renewal moves the deadline.
    private readonly Dictionary<string, (string Renewed, DateTimeOffset SeenAt)> _heard = new(StringComparer.Ordinal);

    public void Reconcile(Pass pass)
    {
        foreach (var node in pass.All(ResourceKind.Nodes))
        {
            // Counted from when this controller saw the renewal, by its own clock, as Kubernetes does.
            var lease = pass.Registry.Store.Find(new ObjectKey(ResourceKind.Leases, SiteObjects.LeaseNamespace, node.Key.Name));
            var renewed = lease?.Parse().Text("spec", "renewTime") ?? "";
            if (!_heard.TryGetValue(node.Key.Name, out var heard) || heard.Renewed != renewed)
            {
                heard = (renewed, pass.Now);
                _heard[node.Key.Name] = heard;
            }

            var deadline = heard.SeenAt + grace;
            if (pass.Now < deadline)
            {
                pass.LookAgainAt(deadline);
            }
            else if (PodStatus.Condition(node.Content, "Ready") != "Unknown")
            {
                GiveUp(pass, node);
            }
        }
    }

    private static void GiveUp(Pass pass, Live node)
    {
        pass.UpdateStatus(node, status =>
            PodStatus.SetCondition(status, "Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", pass.Now));
        foreach (var pod in pass.All(ResourceKind.Pods).Where(pod => pod.Spec.Text("nodeName") == node.Key.Name && PodStatus.Condition(pod.Content, "Ready") == "True"))
        {
            pass.UpdateStatus(pod, status => PodStatus.SetCondition(status, "Ready", "False", "NodeNotReady", "Node is not ready", pass.Now));
        }
    }
}
