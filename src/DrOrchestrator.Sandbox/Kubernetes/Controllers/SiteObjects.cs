using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>What every site has from its first start.</summary>
internal static class SiteObjects
{
    public const string LeaseNamespace = "kube-node-lease";

    public static readonly string[] Namespaces = ["default", "kube-system", LeaseNamespace];

    public static JsonObject Namespace(string name) =>
        new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };

    public static JsonObject Node(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Node",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux" },
        },
        ["spec"] = new JsonObject(),
    };

    public static JsonObject Capacity() => new() { ["cpu"] = "2", ["memory"] = "4Gi", ["pods"] = "110" };
}
