using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>What clients ask to learn what is served.</summary>
internal static class Discovery
{
    private static readonly string[] Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

    public static JsonObject? Answer(string path, string authority)
    {
        switch (path.Trim('/').Split('/'))
        {
            case ["version"]:
                return new JsonObject
                {
                    ["major"] = "1", ["minor"] = "32", ["gitVersion"] = "v1.32.0-dro-sandbox", ["gitCommit"] = "", ["gitTreeState"] = "clean",
                    ["buildDate"] = "1970-01-01T00:00:00Z", ["goVersion"] = "", ["compiler"] = "", ["platform"] = "linux/amd64",
                };
            case ["api"]:
                return new JsonObject
                {
                    ["kind"] = "APIVersions",
                    ["versions"] = new JsonArray("v1"),
                    ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = authority }),
                };
            case ["apis"]:
                return new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups().Select(group => Group(group))]) };
            case ["apis", var group] when Groups().Contains(group):
                var answer = Group(group);
                answer["kind"] = "APIGroup";
                answer["apiVersion"] = "v1";
                return answer;
            case ["api", "v1"]:
                return Resources("", "v1");
            case ["apis", var group, var version] when ResourceKind.All.Any(kind => kind.Group == group && kind.Version == version):
                return Resources(group, version);
            default:
                return null;
        }
    }

    /// <summary>Whether the group of the path is served, in whatever version; of others the API server knows nothing, not even an error of its own form.</summary>
    public static bool ServesGroupOf(string path) => path.Trim('/').Split('/') switch
    {
        ["api", "v1", ..] => true,
        ["apis", var group, _, ..] => Groups().Contains(group),
        _ => false,
    };

    private static IEnumerable<string> Groups() => ResourceKind.All.Select(kind => kind.Group).Where(group => group.Length > 0).Distinct();

    private static JsonObject Group(string group)
    {
        var version = new JsonObject { ["groupVersion"] = $"{group}/v1", ["version"] = "v1" };
        return new JsonObject { ["name"] = group, ["versions"] = new JsonArray(version), ["preferredVersion"] = version.DeepClone() };
    }

    private static JsonObject Resources(string group, string version)
    {
        var list = new JsonArray();
        foreach (var kind in ResourceKind.All.Where(kind => kind.Group == group && kind.Version == version))
        {
            var entry = Entry(kind.Plural, kind.Singular, kind, kind.Kind, Verbs);
            if (kind.ShortNames.Length > 0)
            {
                entry["shortNames"] = new JsonArray([.. kind.ShortNames.Select(name => JsonValue.Create(name))]);
            }

            list.Add(entry);
            if (kind.HasStatus)
            {
                list.Add(Entry(kind.Plural + "/status", "", kind, kind.Kind, ["get"]));
            }

            if (kind.HasScale)
            {
                var scale = Entry(kind.Plural + "/scale", "", kind, "Scale", ["get", "patch", "update"]);
                scale["group"] = "autoscaling";
                scale["version"] = "v1";
                list.Add(scale);
            }

            if (kind == ResourceKind.Pods)
            {
                list.Add(Entry("pods/log", "", kind, kind.Kind, ["get"]));
            }
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = list,
        };
    }

    private static JsonObject Entry(string name, string singular, ResourceKind kind, string shown, string[] verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = singular,
        ["namespaced"] = kind.Namespaced,
        ["kind"] = shown,
        ["verbs"] = new JsonArray([.. verbs.Select(verb => JsonValue.Create(verb))]),
    };
}
