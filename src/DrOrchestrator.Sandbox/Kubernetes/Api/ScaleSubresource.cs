using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>The <c>/scale</c> of workloads: only <c>spec.replicas</c> gets through, so annotations sent to it are dropped, as by the real one.</summary>
internal sealed class ScaleSubresource(ObjectRegistry registry)
{
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    public ApiAnswer Handle(ApiRequest request, ObjectKey key)
    {
        switch (request.Method)
        {
            case "GET":
                return ApiAnswer.Of(Scale((registry.Store.Find(key) ?? throw ApiRefusal.NotFound(key)).Parse()));
            case "PUT":
                ObjectRequests.RequireJson(request);
                return Change(request, key, _ => request.Body());
            case "PATCH" when request.MediaType == MergePatch:
                return Change(request, key, scale => JsonPatches.Merge(scale, request.Body()));
            case "PATCH" when request.MediaType == JsonPatch:
                return Change(request, key, scale => JsonPatches.Apply(scale, ObjectRequests.Operations(request)));
            case "PATCH":
                throw ApiRefusal.UnsupportedMediaType(request.MediaType, $"{JsonPatch}, {MergePatch}");
            default:
                throw ApiRefusal.MethodNotAllowed();
        }
    }

    private ApiAnswer Change(ApiRequest request, ObjectKey key, Func<JsonObject, JsonObject> change)
    {
        var stored = registry.Update(
            key,
            request.Writer("scale"),
            workload =>
            {
                var asked = change(Scale(workload));
                if (asked.Text("kind") != "Scale")
                {
                    throw ApiRefusal.BadRequest($"the scale subresource takes an object of kind Scale, not '{asked.Text("kind")}'");
                }

                workload["spec"]!["replicas"] = ObjectRules.Replicas(key, asked.At("spec", "replicas") ?? JsonValue.Create(0), "spec.replicas");
                workload["metadata"]!.AsObject().Put("resourceVersion", asked.At("metadata", "resourceVersion"));
                workload["metadata"]!.AsObject().Put("uid", asked.At("metadata", "uid"));
                return workload;
            },
            request.DryRun());
        return ApiAnswer.Of(Scale(stored.Parse()));
    }

    private static JsonObject Scale(JsonObject workload)
    {
        var metadata = new JsonObject();
        foreach (var field in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            metadata.Put(field, workload.At("metadata", field));
        }

        var selector = string.Join(",", workload.TextMap("spec", "selector", "matchLabels").Select(pair => $"{pair.Key}={pair.Value}"));
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = workload.Number("spec", "replicas") ?? 0 },
            ["status"] = new JsonObject { ["replicas"] = workload.Number("status", "replicas") ?? 0, ["selector"] = selector },
        };
    }
}
