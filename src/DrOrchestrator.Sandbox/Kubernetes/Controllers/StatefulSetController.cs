using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Pods with ordinal names and claims of their own; a name is used again only when its old object is gone.</summary>
internal sealed class StatefulSetController : IController
{
    private const string RevisionLabel = "controller-revision-hash";

    public void Reconcile(Pass pass)
    {
        foreach (var set in pass.All(ResourceKind.StatefulSets))
        {
            var pods = pass.OwnedBy(set, ResourceKind.Pods).Where(pod => Ordinal(set, pod) >= 0).OrderBy(pod => Ordinal(set, pod)).ToList();
            var revision = $"{set.Key.Name}-{ObjectNames.HashOf(set.Spec["template"]!)}";
            Report(pass, set, pods, revision);
            if (!set.Deleting)
            {
                Act(pass, set, pods, revision);
            }
        }
    }

    private static void Act(Pass pass, Live set, List<Live> pods, string revision)
    {
        var replicas = set.Spec.Number("replicas") ?? 1;
        var ordered = set.Spec.Text("podManagementPolicy") != "Parallel";
        for (var ordinal = 0; ordinal < replicas; ordinal++)
        {
            var pod = pods.Find(known => Ordinal(set, known) == ordinal);
            if (pod is null)
            {
                CreatePod(pass, set, ordinal, revision);
            }
            else if (pod.IsOver() && !pod.Deleting)
            {
                pass.Delete(pod);
            }
            else if (pod.IsReady())
            {
                continue;
            }

            if (ordered)
            {
                return;
            }
        }

        var condemned = pods.Where(pod => Ordinal(set, pod) >= replicas).Reverse().ToList();
        foreach (var pod in ordered ? condemned.Take(1) : condemned)
        {
            DeleteUnlessDeleting(pass, pod);
        }

        if (condemned.Count == 0 && set.Spec.Text("updateStrategy", "type") != "OnDelete")
        {
            Roll(pass, set, pods, revision);
        }
    }

    private static void Roll(Pass pass, Live set, List<Live> pods, string revision)
    {
        var partition = set.Spec.Number("updateStrategy", "rollingUpdate", "partition") ?? 0;
        foreach (var pod in pods.Where(pod => Ordinal(set, pod) >= partition).Reverse())
        {
            if (pod.Labels.GetValueOrDefault(RevisionLabel) != revision)
            {
                DeleteUnlessDeleting(pass, pod);
                return;
            }

            if (!pod.IsReady())
            {
                return;
            }
        }
    }

    private static void DeleteUnlessDeleting(Pass pass, Live pod)
    {
        if (!pod.Deleting)
        {
            pass.Delete(pod);
        }
    }

    private static void CreatePod(Pass pass, Live set, int ordinal, string revision)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{set.Key.Name}-{ordinal}");
        if (pass.Registry.Store.Find(new ObjectKey(ResourceKind.Pods, set.Key.Namespace, name)) is not null)
        {
            // The name is still taken, by a pod of someone else or one that the next look will see.
            return;
        }

        var pod = PodTemplates.Pod(set, new Dictionary<string, string>
        {
            ["statefulset.kubernetes.io/pod-name"] = name,
            ["apps.kubernetes.io/pod-index"] = ordinal.ToString(CultureInfo.InvariantCulture),
            [RevisionLabel] = revision,
        });
        var spec = pod["spec"]!.AsObject();
        spec["hostname"] = name;
        var volumes = spec.Items("volumes").Select(volume => volume.DeepClone()).ToList();
        foreach (var template in set.Spec.Items("volumeClaimTemplates"))
        {
            var volume = template.Text("metadata", "name")!;
            var claim = $"{volume}-{name}";
            EnsureClaim(pass, set, template, claim);
            volumes.RemoveAll(other => other.Text("name") == volume);
            volumes.Insert(0, new JsonObject { ["name"] = volume, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } });
        }

        spec.Put("volumes", volumes.Count > 0 ? new JsonArray([.. volumes]) : null);
        pass.Create(set, ResourceKind.Pods, name, pod);
    }

    private static void EnsureClaim(Pass pass, Live set, JsonObject template, string name)
    {
        if (pass.Registry.Store.Find(new ObjectKey(ResourceKind.Claims, set.Key.Namespace, name)) is null)
        {
            var content = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = set.Spec.At("selector", "matchLabels")?.DeepClone() },
                ["spec"] = template.Map("spec")?.DeepClone() ?? new JsonObject(),
            };
            pass.Create(set, ResourceKind.Claims, name, content, controlled: false);
        }
    }

    private static void Report(Pass pass, Live set, List<Live> pods, string revision) => pass.UpdateStatus(set, status =>
    {
        var current = status.Text("currentRevision") ?? revision;
        var staying = pods.Where(pod => !pod.Deleting).ToList();
        var updated = staying.Count(pod => pod.Labels.GetValueOrDefault(RevisionLabel) == revision);
        var ready = pods.Count(pod => pod.IsReady());
        if (updated == (set.Spec.Number("replicas") ?? 1) && ready == updated)
        {
            current = revision;
        }

        status["observedGeneration"] = set.Generation;
        status["replicas"] = pods.Count;
        status["readyReplicas"] = ready;
        status["availableReplicas"] = ready;
        status["currentReplicas"] = staying.Count(pod => pod.Labels.GetValueOrDefault(RevisionLabel) == current);
        status["updatedReplicas"] = updated;
        status["currentRevision"] = current;
        status["updateRevision"] = revision;
        status["collisionCount"] = 0;
    });

    private static int Ordinal(Live set, Live pod) =>
        pod.Key.Name.StartsWith(set.Key.Name + "-", StringComparison.Ordinal)
        && int.TryParse(pod.Key.Name.AsSpan(set.Key.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : -1;
}
