using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Rolls from one ReplicaSet to the next: never more pods than allowed, never fewer available than promised.</summary>
internal sealed class DeploymentController : IController
{
    private const string HashLabel = "pod-template-hash";
    private const string Revision = "deployment.kubernetes.io/revision";

    public void Reconcile(Pass pass)
    {
        foreach (var deployment in pass.All(ResourceKind.Deployments))
        {
            var sets = pass.OwnedBy(deployment, ResourceKind.ReplicaSets).Where(set => !set.Deleting).ToList();
            var hash = ObjectNames.HashOf(deployment.Spec["template"]!);
            var current = sets.Find(set => set.Labels.GetValueOrDefault(HashLabel) == hash);
            if (!deployment.Deleting)
            {
                Act(pass, deployment, sets, current, hash);
            }

            DeploymentStatus.Report(pass, deployment, sets, current);
        }
    }

    private static void Act(Pass pass, Live deployment, List<Live> sets, Live? current, string hash)
    {
        var wanted = Wanted(deployment);
        var old = sets.Where(set => set != current).ToList();
        if (deployment.Spec.Flag("paused") == true)
        {
            sets.Where(set => Wanted(set) > 0 || sets.Count == 1).Take(1).ToList().ForEach(set => Scale(pass, set, wanted));
            return;
        }

        if (current is null)
        {
            var recreating = deployment.Spec.Text("strategy", "type") == "Recreate" && old.Sum(set => Existing(pass, set)) > 0;
            CreateSet(pass, deployment, sets, hash, recreating ? 0 : Math.Min(wanted, Math.Max(0, wanted + Surge(deployment, wanted) - old.Sum(Wanted))));
            return;
        }

        if (deployment.Spec.Text("strategy", "type") == "Recreate")
        {
            old.ForEach(set => Scale(pass, set, 0));
            Scale(pass, current, old.Sum(set => Existing(pass, set)) == 0 ? wanted : Math.Min(Wanted(current), wanted));
        }
        else
        {
            Roll(pass, deployment, current, old, wanted);
        }

        Clean(pass, deployment, old);
    }

    private static void Roll(Pass pass, Live deployment, Live current, List<Live> old, int wanted)
    {
        var room = wanted + Surge(deployment, wanted) - old.Sum(Wanted);
        Scale(pass, current, Wanted(current) > wanted ? wanted : Math.Clamp(room, Wanted(current), wanted));

        // Pods that serve nobody may go at once, the others as replacements become available.
        var available = Ready(current) + old.Sum(Ready);
        var mayGo = available - (wanted - Unavailable(deployment, wanted));
        foreach (var set in old.OrderBy(set => set.CreatedAt))
        {
            var useless = Math.Max(0, Wanted(set) - Ready(set));
            var serving = Math.Clamp(mayGo, 0, Wanted(set) - useless);
            mayGo -= serving;
            Scale(pass, set, Wanted(set) - useless - serving);
        }
    }

    private static void CreateSet(Pass pass, Live deployment, List<Live> sets, string hash, int replicas)
    {
        var revision = sets.Select(set => int.Parse(set.Content.Text("metadata", "annotations", Revision) ?? "0", CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max() + 1;
        var template = deployment.Spec["template"]!.DeepClone().AsObject();
        template.Obtain("metadata").Obtain("labels")[HashLabel] = hash;
        var selector = deployment.Spec["selector"]!.DeepClone().AsObject();
        selector.Obtain("matchLabels")[HashLabel] = hash;
        var content = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = template.At("metadata", "labels")!.DeepClone(),
                ["annotations"] = new JsonObject { [Revision] = revision.ToString(CultureInfo.InvariantCulture) },
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template },
        };
        pass.Create(deployment, ResourceKind.ReplicaSets, $"{deployment.Key.Name}-{hash}", content);
        pass.Update(deployment, live => live.Obtain("metadata").Obtain("annotations")[Revision] = revision.ToString(CultureInfo.InvariantCulture));
    }

    private static void Clean(Pass pass, Live deployment, List<Live> old)
    {
        var spare = old.Where(set => Wanted(set) == 0 && set.Status.Number("replicas") == 0).OrderByDescending(set => set.CreatedAt);
        foreach (var set in spare.Skip(deployment.Spec.Number("revisionHistoryLimit") ?? 10))
        {
            pass.Delete(set);
        }
    }

    private static void Scale(Pass pass, Live set, int replicas)
    {
        if (Wanted(set) != replicas)
        {
            pass.Update(set, content => content["spec"]!["replicas"] = replicas);
        }
    }

    private static int Wanted(Live live) => live.Spec.Number("replicas") ?? 1;

    private static int Ready(Live set) => set.Status.Number("availableReplicas") ?? 0;

    private static int Existing(Pass pass, Live set) => pass.OwnedBy(set, ResourceKind.Pods).Count(pod => !pod.IsOver());

    private static int Surge(Live deployment, int wanted)
    {
        var surge = Share(deployment.Spec.At("strategy", "rollingUpdate", "maxSurge"), wanted, up: true);
        return surge == 0 && Share(deployment.Spec.At("strategy", "rollingUpdate", "maxUnavailable"), wanted, up: false) == 0 ? 1 : surge;
    }

    private static int Unavailable(Live deployment, int wanted) =>
        Math.Min(wanted, Share(deployment.Spec.At("strategy", "rollingUpdate", "maxUnavailable"), wanted, up: false));

    // A number of pods, or a percentage of those wanted; Kubernetes rounds the surge up and the gap down.
    private static int Share(JsonNode? value, int wanted, bool up)
    {
        if (value.Number() is { } count)
        {
            return count;
        }

        var percent = int.TryParse((value.Text() ?? "0%").TrimEnd('%'), out var number) ? number : 0;
        return up ? ((wanted * percent) + 99) / 100 : wanted * percent / 100;
    }
}
