using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Deletes what belonged to owners that are gone, lets foreground deletions finish, sets orphans free, and empties namespaces that end.</summary>
internal sealed class GarbageCollector : IController
{
    public void Reconcile(Pass pass)
    {
        var everything = ResourceKind.All.Where(kind => kind != ResourceKind.Events && kind != ResourceKind.Leases).SelectMany(pass.All).ToList();
        var living = everything.Select(live => live.Uid).ToHashSet();
        foreach (var dependent in everything.Where(live => !live.Deleting && Owners(live).Length > 0))
        {
            if (!Owners(dependent).Any(living.Contains))
            {
                pass.Delete(dependent);
            }
        }

        foreach (var owner in everything.Where(live => live.Deleting))
        {
            var dependents = everything.Where(live => Owners(live).Contains(owner.Uid)).ToList();
            if (Finalizers.Has(owner.Content, Deletion.OrphanFinalizer))
            {
                dependents.ForEach(dependent => pass.Update(dependent, content => Disown(content, owner.Uid)));
                pass.Update(owner, content => Finalizers.Remove(content, Deletion.OrphanFinalizer));
            }
            else if (Finalizers.Has(owner.Content, Deletion.ForegroundFinalizer))
            {
                Finish(pass, owner, dependents);
            }
            else if (owner.Key.Kind == ResourceKind.Namespaces)
            {
                Empty(pass, owner);
            }
        }
    }

    private static string[] Owners(Live live) => [.. live.Content.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid")).OfType<string>()];

    private static void Finish(Pass pass, Live owner, List<Live> dependents)
    {
        foreach (var dependent in dependents.Where(dependent => !dependent.Deleting))
        {
            // Foreground goes all the way down, so that the owner is the last to leave.
            pass.Registry.Delete(dependent.Key, new DeleteOptions(Propagation: "Foreground", Uid: dependent.Uid));
        }

        if (dependents.Count == 0)
        {
            pass.Update(owner, content => Finalizers.Remove(content, Deletion.ForegroundFinalizer));
        }
    }

    private static void Empty(Pass pass, Live home)
    {
        var inside = ResourceKind.All.Where(kind => kind.Namespaced).SelectMany(pass.All).Where(live => live.Key.Namespace == home.Key.Name).ToList();
        inside.Where(live => !live.Deleting).ToList().ForEach(pass.Delete);
        if (inside.Count == 0)
        {
            pass.Update(home, content => Finalizers.Remove(content, Deletion.NamespaceFinalizer));
        }
    }

    private static void Disown(JsonObject content, string owner)
    {
        var rest = content.Items("metadata", "ownerReferences").Where(reference => reference.Text("uid") != owner).Select(reference => reference.DeepClone()).ToArray();
        content.Obtain("metadata").Put("ownerReferences", rest.Length > 0 ? new JsonArray(rest) : null);
    }
}
