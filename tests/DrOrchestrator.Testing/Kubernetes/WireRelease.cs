using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>
/// How an API server of another release speaks: its version, what it serves, fields that we do not know (of later releases, or long gone ones), the form of its errors, warnings on every answer.
/// What is said of releases to come is invented; that clients must bear it is not (API conventions: unknown fields are ignored, versions are served side by side and removed).
/// </summary>
/// <param name="GitVersion">With what vendors put behind it.</param>
/// <param name="Minor">Some vendors put a plus behind it.</param>
/// <param name="IsLater">Later than the releases that were tried, or earlier.</param>
/// <param name="Autoscaling">The version of <c>autoscaling</c> that it serves; every other one is not found.</param>
public sealed record WireRelease(string GitVersion, string Minor, bool IsLater, string Autoscaling)
{
    private const string Autoscalers = "/horizontalpodautoscalers";

    // Mappings of names that people choose: a field there would be a label, a key of data.
    private static readonly string[] OfPeople = ["labels", "annotations", "matchLabels", "data", "nodeSelector", "requests", "limits", "allocatable", "capacity", "fieldsV1"];

    public static IReadOnlyList<WireRelease> Known { get; } =
    [
        new("v1.34.3+k3s1", "34", false, "v2"),
        new("v1.34.9-gke.1050000", "34+", false, "v1"),
        new("v1.38.0", "38", true, "v3"),
        new("v1.38.2-eks-abc1234", "38+", true, "v3"),
    ];

    public override string ToString() => GitVersion;

    /// <summary>Version and discovery; plain text for what is served no more or not yet.</summary>
    internal (int Status, JsonNode? Body)? OfItself(HttpRequest request)
    {
        var path = request.Path.Value!.TrimEnd('/');
        if (request.Headers.Accept.ToString().Contains("g=apidiscovery.k8s.io", StringComparison.Ordinal) && !request.Headers.Accept.ToString().Contains("application/json,", StringComparison.Ordinal))
        {
            return FakeObjects.Status(406, "NotAcceptable", "only the following media types are accepted: application/json");
        }

        return path switch
        {
            "/version" => (200, JsonNode.Parse($$"""{"major":"1","minor":"{{Minor}}","gitVersion":"{{GitVersion}}","gitCommit":"0","gitTreeState":"clean","buildDate":"2026-01-01T00:00:00Z","goVersion":"go1","compiler":"gc","platform":"linux/amd64"}""")),
            "/apis" => (200, new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups.Select(group => (JsonNode)Group(group.Name, group.Version))]) }),
            "/apis/autoscaling" => (200, Group("autoscaling", Autoscaling)),
            "/api/v1" => Resources("v1", ("nodes", "Node", false), ("pods", "Pod", true)),
            "/apis/apps/v1" => Resources("apps/v1", ("deployments", "Deployment", true), ("statefulsets", "StatefulSet", true)),
            "/apis/batch/v1" => Resources("batch/v1", ("jobs", "Job", true)),
            _ when path == $"/apis/autoscaling/{Autoscaling}" => Resources($"autoscaling/{Autoscaling}", ("horizontalpodautoscalers", "HorizontalPodAutoscaler", true)),
            _ when path.StartsWith("/apis/autoscaling/", StringComparison.Ordinal) && !path.StartsWith($"/apis/autoscaling/{Autoscaling}/", StringComparison.Ordinal) => (404, JsonValue.Create("404 page not found\n")),
            _ => null,
        };
    }

    /// <summary>Where the objects have what is served there: under the version that the tests put it.</summary>
    internal string Kept(string path) => path.Contains(Autoscalers, StringComparison.Ordinal) ? path.Replace($"/autoscaling/{Autoscaling}/", "/autoscaling/v2/", StringComparison.Ordinal) : path;

    /// <summary>An answer as this release words it.</summary>
    internal (int Status, JsonNode? Body) Say(HttpResponse response, int status, JsonNode? body)
    {
        response.Headers.Append("Warning", """299 - "this version is deprecated in v1.40+, unavailable in v1.44+" """.TrimEnd());
        response.Headers.Append("Audit-Id", "0");
        if (body is not JsonObject answer)
        {
            return (status, body);
        }

        if (answer["kind"]?.ToString() == "Status" && status >= 400)
        {
            // Earlier ones leave out what they can, though neither reason nor details; later ones may say more.
            var details = answer["details"]?.DeepClone() as JsonObject ?? [];
            if (IsLater)
            {
                details["causes"] ??= new JsonArray(new JsonObject { ["origin"] = new JsonArray(1) });
            }

            return (status, IsLater
                ? new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["shard"] = 1 }, ["code"] = status, ["reason"] = answer["reason"]?.DeepClone(), ["details"] = details, ["message"] = answer["message"]?.DeepClone(), ["trail"] = new JsonArray("a") }
                : new JsonObject { ["kind"] = "Status", ["message"] = answer["message"]?.DeepClone(), ["reason"] = answer["reason"]?.DeepClone(), ["details"] = details });
        }

        return (status, Strange(answer));
    }

    private IEnumerable<(string Name, string Version)> Groups => [("apps", "v1"), ("batch", "v1"), ("autoscaling", Autoscaling), ("policy", IsLater ? "v2" : "v1")];

    private static JsonObject Group(string name, string version)
    {
        JsonObject Version() => new() { ["groupVersion"] = $"{name}/{version}", ["version"] = version };
        return new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1", ["name"] = name, ["versions"] = new JsonArray(Version()), ["preferredVersion"] = Version() };
    }

    private static (int Status, JsonNode? Body) Resources(string api, params (string Plural, string Kind, bool Namespaced)[] kinds) => (200, new JsonObject
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = api,
        ["resources"] = new JsonArray([.. kinds.Select(kind => (JsonNode)new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Kind.ToLowerInvariant(),
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = new JsonArray("get", "list"),
            ["shortNames"] = kind.Kind == "HorizontalPodAutoscaler" ? new JsonArray("hpa") : new JsonArray(),
        })]),
    });

    /// <summary>With fields in every object that nobody here has heard of.</summary>
    private JsonObject Strange(JsonObject of)
    {
        var said = new JsonObject();
        foreach (var (name, value) in of)
        {
            said[name] = value switch
            {
                JsonObject map when !OfPeople.Contains(name) => Strange(map),
                JsonArray list => new JsonArray([.. list.Select(item => item is JsonObject element ? Strange(element) : item?.DeepClone())]),
                _ => value?.DeepClone(),
            };
        }

        said[IsLater ? "hibernation" : "selfLink"] = IsLater ? new JsonObject { ["after"] = new JsonArray(1, "b", null) } : "/gone";
        return said;
    }
}
