using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>Composes a pod's status from what its containers do.</summary>
internal static class PodStatus
{
    /// <param name="old">The status as it is; its moments of transition are kept where nothing changed.</param>
    /// <param name="over">No container runs and none will: the phase is final.</param>
    public static JsonObject Compose(JsonObject old, IReadOnlyList<ContainerRun> containers, DateTimeOffset startedAt, bool over, DateTimeOffset now)
    {
        var status = old.DeepClone().AsObject();
        var ready = !over && containers.All(container => container.Ready);
        status["phase"] = Phase(containers, over);
        status["hostIP"] = "127.0.0.1";
        status["podIP"] = "127.0.0.1";
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = "127.0.0.1" });
        status["startTime"] ??= startedAt.ToSeconds();
        status["qosClass"] = "BestEffort";
        var reason = over ? "PodCompleted" : ready ? null : "ContainersNotReady";
        var message = over || ready ? null : $"containers with unready status: [{string.Join(" ", containers.Where(container => !container.Ready).Select(container => container.Name))}]";
        SetCondition(status, "PodScheduled", "True", null, null, now);
        SetCondition(status, "Initialized", "True", over ? reason : null, null, now);
        SetCondition(status, "ContainersReady", ready ? "True" : "False", reason, message, now);
        SetCondition(status, "Ready", ready ? "True" : "False", reason, message, now);
        status["containerStatuses"] = new JsonArray([.. containers.Select(container => container.ToStatus())]);
        return status;
    }

    /// <summary>Sets a condition; its moment of transition changes only with its status.</summary>
    public static void SetCondition(JsonObject status, string type, string value, string? reason, string? message, DateTimeOffset now)
    {
        if (status["conditions"] is not JsonArray conditions)
        {
            conditions = [];
            status["conditions"] = conditions;
        }

        var condition = conditions.OfType<JsonObject>().FirstOrDefault(known => known.Text("type") == type);
        if (condition is null)
        {
            condition = new JsonObject { ["type"] = type };
            conditions.Add(condition);
        }

        if (condition.Text("status") != value)
        {
            condition["status"] = value;
            condition["lastTransitionTime"] = now.ToSeconds();
        }

        condition.Put("reason", reason is null ? null : JsonValue.Create(reason));
        condition.Put("message", message is null ? null : JsonValue.Create(message));
    }

    public static string? Condition(JsonNode? content, string type) =>
        content.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type)?.Text("status");

    private static string Phase(IReadOnlyList<ContainerRun> containers, bool over)
    {
        if (over)
        {
            return containers.All(container => container.State is ContainerState.Terminated { ExitCode: 0 }) ? "Succeeded" : "Failed";
        }

        var everStarted = containers.All(container => container.State is not ContainerState.Waiting { Reason: "ContainerCreating" } || container.LastState is not null);
        return everStarted ? "Running" : "Pending";
    }
}
