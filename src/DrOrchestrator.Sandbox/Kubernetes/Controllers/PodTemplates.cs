using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Pods made from templates, and what workload controllers ask of a pod.</summary>
internal static class PodTemplates
{
    public static JsonObject Pod(Live owner, IEnumerable<KeyValuePair<string, string>> labels)
    {
        var template = owner.Spec.Map("template") ?? [];
        var pod = new JsonObject
        {
            ["metadata"] = template.Map("metadata")?.DeepClone() ?? new JsonObject(),
            ["spec"] = template.Map("spec")?.DeepClone() ?? new JsonObject(),
        };
        var all = pod.Obtain("metadata").Obtain("labels");
        foreach (var (name, value) in labels)
        {
            all[name] = value;
        }

        return pod;
    }

    public static bool IsReady(this Live pod) => !pod.Deleting && PodStatus.Condition(pod.Content, "Ready") == "True";

    public static bool IsOver(this Live pod) => pod.Status.Text("phase") is "Succeeded" or "Failed";
}
