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
    /// <summary>Of an answer with a media type of its own.</summary>
    internal const string AggregatedKind = "APIGroupDiscoveryList";

    internal const string AggregatedType = $"application/json;g=apidiscovery.k8s.io;v=v2;as={AggregatedKind}";

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

    public static WireRelease Of(string gitVersion) => Known.Single(one => one.GitVersion == gitVersion);

    public override string ToString() => GitVersion;

    /// <summary>Version and discovery, and what it says of versions that it serves no more or not yet.</summary>
    internal (int Status, JsonNode? Body)? OfItself(HttpRequest request)
    {
        var path = request.Path.Value!.TrimEnd('/');
        return Aggregated(path, request.Headers.Accept.ToString()) ?? OfAutoscaling(path) ?? path switch
        {
            "/version" => (200, Version()),
            "/apis" => (200, new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups.Select(group => (JsonNode)Group(group.Name, group.Version))]) }),
            "/api/v1" => Resources("", "v1"),
            "/apis/apps/v1" => Resources("apps", "v1"),
            "/apis/batch/v1" => Resources("batch", "v1"),
            _ => null,
        };
    }

    /// <summary>What it says for a server of no release that stands behind it: its version, its autoscalers (of which there are none) and their group beside that server's own.</summary>
    /// <param name="behind">That server's answer, which stands where this release has nothing else to say.</param>
    public (int Status, JsonNode? Body) Over(string path, int status, JsonNode? behind)
    {
        path = path.TrimEnd('/');
        if (path == "/apis" && behind?["groups"] is JsonArray groups)
        {
            groups.Add(Group("autoscaling", Autoscaling));
            return (status, behind);
        }

        return path == "/version" ? (200, Version())
            : OfAutoscaling(path) is { } answer ? answer
            : path.StartsWith($"/apis/autoscaling/{Autoscaling}/", StringComparison.Ordinal) && path.EndsWith(Autoscalers, StringComparison.Ordinal)
                ? (200, new JsonObject { ["kind"] = "HorizontalPodAutoscalerList", ["apiVersion"] = $"autoscaling/{Autoscaling}", ["metadata"] = new JsonObject { ["resourceVersion"] = "1" }, ["items"] = new JsonArray() })
                : (status, behind);
    }

    /// <summary>Where the objects have what is served there: under the version that the tests put it.</summary>
    internal string Kept(string path) => path.Contains(Autoscalers, StringComparison.Ordinal) ? path.Replace($"/autoscaling/{Autoscaling}/", "/autoscaling/v2/", StringComparison.Ordinal) : path;

    /// <summary>An answer as this release words it.</summary>
    public (int Status, JsonNode? Body) Say(HttpResponse response, int status, JsonNode? body)
    {
        response.Headers.Append("Warning", """299 - "this version is deprecated in v1.40+, unavailable in v1.44+" """.TrimEnd());
        response.Headers.Append("Audit-Id", "0");
        if (body is not JsonObject answer || answer["kind"]?.ToString() == AggregatedKind)
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

    /// <summary>Discovery in one answer for those who ask for it first, and what those get who take nothing else for a group alone (tried at v1.36.2).</summary>
    private (int Status, JsonNode? Body)? Aggregated(string path, string accept)
    {
        if (!accept.Contains("g=apidiscovery.k8s.io", StringComparison.Ordinal))
        {
            return null;
        }

        JsonObject Item(string name, string version) => new()
        {
            ["metadata"] = name.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = name },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["version"] = version,
                ["resources"] = new JsonArray([.. KindsOf(name).Select(kind => (JsonNode)new JsonObject
                {
                    ["resource"] = kind.Plural,
                    ["responseKind"] = new JsonObject { ["group"] = "", ["version"] = "", ["kind"] = kind.Kind },
                    ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
                    ["singularResource"] = kind.Kind.ToLowerInvariant(),
                    ["shortNames"] = ShortNames(kind.Kind),
                    ["verbs"] = new JsonArray("get", "list"),
                })]),
                ["freshness"] = "Current",
            }),
        };

        JsonObject List(params JsonNode[] items) => new() { ["kind"] = AggregatedKind, ["apiVersion"] = "apidiscovery.k8s.io/v2", ["metadata"] = new JsonObject(), ["items"] = new JsonArray(items) };
        return path switch
        {
            "/api" => (200, List(Item("", "v1"))),
            "/apis" => (200, List([.. Groups.Select(group => Item(group.Name, group.Version))])),
            _ when accept.Contains("application/json,", StringComparison.Ordinal) || accept.EndsWith("application/json", StringComparison.Ordinal) => null,
            _ => FakeObjects.Status(406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf"),
        };
    }

    /// <summary>The group and its version; of the others the group's own 404, which is no plain page (tried at v1.36.2): that is for groups that nobody serves.</summary>
    private (int Status, JsonNode? Body)? OfAutoscaling(string path)
    {
        if (path == "/apis/autoscaling")
        {
            return (200, Group("autoscaling", Autoscaling));
        }

        if (path == $"/apis/autoscaling/{Autoscaling}")
        {
            return Resources("autoscaling", Autoscaling);
        }

        if (!path.StartsWith("/apis/autoscaling/", StringComparison.Ordinal) || path.StartsWith($"/apis/autoscaling/{Autoscaling}/", StringComparison.Ordinal))
        {
            return null;
        }

        return FakeObjects.Status(404, "NotFound", "the server could not find the requested resource");
    }

    private JsonObject Version() => new()
    {
        ["major"] = "1", ["minor"] = Minor, ["gitVersion"] = GitVersion, ["gitCommit"] = "0", ["gitTreeState"] = "clean",
        ["buildDate"] = "2026-01-01T00:00:00Z", ["goVersion"] = "go1", ["compiler"] = "gc", ["platform"] = "linux/amd64",
    };

    private IEnumerable<(string Name, string Version)> Groups => [("apps", "v1"), ("batch", "v1"), ("autoscaling", Autoscaling), ("policy", IsLater ? "v2" : "v1")];

    private static JsonObject Group(string name, string version)
    {
        JsonObject Version() => new() { ["groupVersion"] = $"{name}/{version}", ["version"] = version };
        return new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1", ["name"] = name, ["versions"] = new JsonArray(Version()), ["preferredVersion"] = Version() };
    }

    private static (string Plural, string Kind, bool Namespaced)[] KindsOf(string group) => group switch
    {
        "" => [("nodes", "Node", false), ("pods", "Pod", true)],
        "apps" => [("deployments", "Deployment", true), ("statefulsets", "StatefulSet", true)],
        "batch" => [("jobs", "Job", true)],
        "autoscaling" => [("horizontalpodautoscalers", "HorizontalPodAutoscaler", true)],
        _ => [],
    };

    private static JsonArray ShortNames(string kind) => kind == "HorizontalPodAutoscaler" ? ["hpa"] : [];

    private static (int Status, JsonNode? Body) Resources(string group, string version) => (200, new JsonObject
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
        ["resources"] = new JsonArray([.. KindsOf(group).Select(kind => (JsonNode)new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Kind.ToLowerInvariant(),
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = new JsonArray("get", "list"),
            ["shortNames"] = ShortNames(kind.Kind),
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
