using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>The names in <c>metadata.finalizers</c>.</summary>
internal static class Finalizers
{
    public static bool Has(JsonNode content, string finalizer) => content.Texts("metadata", "finalizers").Contains(finalizer);

    public static void Remove(JsonObject content, string finalizer)
    {
        var rest = content.Texts("metadata", "finalizers").Where(other => other != finalizer).Select(other => (JsonNode)other).ToArray();
        content.Obtain("metadata").Put("finalizers", rest.Length > 0 ? new JsonArray(rest) : null);
    }
}
