using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>The status an object is born with.</summary>
internal static class InitialStatus
{
    public static JsonObject Of(ResourceKind kind) => kind.Kind switch
    {
        "Pod" or "PersistentVolumeClaim" => new JsonObject { ["phase"] = "Pending" },
        "Namespace" => new JsonObject { ["phase"] = "Active" },
        "StatefulSet" or "ReplicaSet" => new JsonObject { ["replicas"] = 0 },
        "Service" => new JsonObject { ["loadBalancer"] = new JsonObject() },
        _ => [],
    };
}
