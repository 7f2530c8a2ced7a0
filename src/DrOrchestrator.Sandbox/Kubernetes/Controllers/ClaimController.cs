using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Binds claims to their folder, and removes folder and claim together once a deleted claim is in nobody's use.</summary>
internal sealed class ClaimController(PodFolders folders) : IController
{
    public void Reconcile(Pass pass)
    {
        foreach (var claim in pass.All(ResourceKind.Claims))
        {
            if (!claim.Deleting)
            {
                Bind(pass, claim);
            }
            else if (!pass.All(ResourceKind.Pods).Any(pod => pod.Key.Namespace == claim.Key.Namespace && !pod.IsOver() && PodFolders.ClaimsOf(pod.Content).Contains(claim.Key.Name)))
            {
                Remove(pass, claim);
            }
        }
    }

    private static void Bind(Pass pass, Live claim)
    {
        if (claim.Status.Text("phase") == "Bound")
        {
            return;
        }

        pass.Write(claim, new("persistentvolume-binder", ObjectRegistry.Binding), content =>
        {
            content["spec"]!["volumeName"] = "pvc-" + claim.Uid;
            var status = content.Obtain("status");
            status["phase"] = "Bound";
            status.Put("accessModes", content.At("spec", "accessModes"));
            status.Put("capacity", content.At("spec", "resources", "requests"));
        });
    }

    private void Remove(Pass pass, Live claim)
    {
        if (Directory.Exists(folders.Volume(claim.Key.Name)))
        {
            Directory.Delete(folders.Volume(claim.Key.Name), recursive: true);
        }

        pass.Update(claim, content => Finalizers.Remove(content, Deletion.ClaimFinalizer));
    }
}
