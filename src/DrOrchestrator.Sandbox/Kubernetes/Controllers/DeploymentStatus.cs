using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>What a deployment says of itself.</summary>
internal static class DeploymentStatus
{
    public static void Report(Pass pass, Live deployment, List<Live> sets, Live? current) => pass.UpdateStatus(deployment, status =>
    {
        var wanted = deployment.Spec.Number("replicas") ?? 1;
        var replicas = sets.Sum(set => set.Status.Number("replicas") ?? 0);
        var available = sets.Sum(set => set.Status.Number("availableReplicas") ?? 0);
        var updated = current?.Status.Number("replicas") ?? 0;
        status["observedGeneration"] = deployment.Generation;
        status["replicas"] = replicas;
        status["updatedReplicas"] = updated;
        status["readyReplicas"] = available;
        status["availableReplicas"] = available;
        status["unavailableReplicas"] = Math.Max(0, wanted - available);
        var enough = available >= wanted - Math.Min(wanted, wanted * 25 / 100);
        Set(
            status,
            "Available",
            enough,
            enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
            pass.Now);
        var complete = updated == wanted && replicas == wanted && available == wanted;
        Progress(pass, deployment, status, current, complete);
    });

    private static void Progress(Pass pass, Live deployment, JsonObject status, Live? current, bool complete)
    {
        var name = current?.Key.Name ?? deployment.Key.Name;
        if (complete)
        {
            Set(status, "Progressing", true, "NewReplicaSetAvailable", $"ReplicaSet \"{name}\" has successfully progressed.", pass.Now);
            return;
        }

        var progressing = status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == "Progressing");
        var counts = $"{status.Number("updatedReplicas")}/{status.Number("availableReplicas")}/{deployment.Generation}";
        var since = Moments.Parse(progressing.Text("lastUpdateTime"));
        var message = $"ReplicaSet \"{name}\" is progressing (updated/available/generation {counts}).";
        if (progressing.Text("reason") == "ReplicaSetUpdated" && progressing.Text("message") == message && since is { } start)
        {
            var deadline = start.AddSeconds(deployment.Spec.Number("progressDeadlineSeconds") ?? 600);
            if (pass.Now < deadline)
            {
                pass.LookAgainAt(deadline);
                return;
            }
        }

        var late = $"ReplicaSet \"{name}\" has timed out progressing (updated/available/generation {counts}).";
        var timedOut = since is not null && (progressing.Text("message") == message || progressing.Text("message") == late);
        Set(status, "Progressing", !timedOut, timedOut ? "ProgressDeadlineExceeded" : "ReplicaSetUpdated", timedOut ? late : message, pass.Now);
    }

    private static void Set(JsonObject status, string type, bool value, string reason, string message, DateTimeOffset now)
    {
        var known = status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);
        var changed = known is null || known.Text("reason") != reason || known.Text("message") != message;
        Kubelet.PodStatus.SetCondition(status, type, value ? "True" : "False", reason, message, now);
        if (changed)
        {
            status.Items("conditions").First(condition => condition.Text("type") == type)["lastUpdateTime"] = now.ToSeconds();
        }
    }
}
