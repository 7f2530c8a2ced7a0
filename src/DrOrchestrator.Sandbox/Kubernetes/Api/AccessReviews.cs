using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>
/// Answers SelfSubjectAccessReview. The lab has one token and it may do everything the lab serves; what the lab does not serve, nobody may do here, and the answer says so
/// instead of promising a call that would fail.
/// </summary>
internal static class AccessReviews
{
    private const string Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static readonly string[] Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

    public static bool Is(HttpContext http) => HttpMethods.IsPost(http.Request.Method) && http.Request.Path == Path;

    public static ApiAnswer Answer(ApiRequest request)
    {
        ObjectRequests.RequireJson(request);
        var review = request.Body();
        if (review["spec"]?["resourceAttributes"] is not JsonObject asked)
        {
            throw ApiRefusal.NotServed("access reviews without resourceAttributes");
        }

        var obstacle = Obstacle(asked.Text("group") ?? "", asked.Text("resource") ?? "", asked.Text("subresource") ?? "", asked.Text("verb") ?? "");
        return ApiAnswer.Of(
            new JsonObject
            {
                ["apiVersion"] = "authorization.k8s.io/v1",
                ["kind"] = "SelfSubjectAccessReview",
                ["metadata"] = new JsonObject(),
                ["spec"] = review["spec"]!.DeepClone(),
                ["status"] = new JsonObject { ["allowed"] = obstacle is null, ["reason"] = obstacle ?? "the lab's token may do everything it serves" },
            },
            status: 201);
    }

    private static string? Obstacle(string group, string resource, string subresource, string verb)
    {
        if (ResourceKind.All.FirstOrDefault(kind => kind.Group == group && kind.Plural == resource) is not { } kind)
        {
            return $"the lab serves no {resource}";
        }

        string[] served = subresource switch
        {
            "" => Verbs,
            "log" when kind == ResourceKind.Pods => ["get"],
            "exec" when kind == ResourceKind.Pods => ["create", "get"],
            "status" when kind.HasStatus => ["get"],
            "scale" when kind.HasScale => ["get", "patch", "update"],
            _ => [],
        };
        return served.Contains(verb) ? null : $"the lab does not serve {verb} of {resource}{(subresource.Length == 0 ? "" : $"/{subresource}")}";
    }
}
