using System.Text.Json.Nodes;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>One of the objects that bound a namespace, and whether what stands there is what was meant.</summary>
/// <param name="Collection">Path of its collection.</param>
internal sealed record BoundingObject(string Collection, JsonObject Value)
{
    public string Name => Value["metadata"]!["name"]!.ToString();

    public string Kind => Value["kind"]!.ToString();

    public string Path => $"{Collection}/{Name}";
}

/// <summary>What bounds a namespace of a run: made before anything else, and read back before anything can run. Pure.</summary>
internal static class NamespaceObjects
{
    public const string QuotaName = "dro-quota";
    public const string LimitsName = "dro-limits";
    public const string PolicyName = "dro-egress";

    /// <summary>Set by the API server on every namespace; nobody can give it to another one.</summary>
    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>The policy first: a pod that came in between would find it standing.</summary>
    public static IReadOnlyList<BoundingObject> Of(string ns, NamespaceSettings settings, EffectMark mark) =>
    [
        new($"apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies", Object("networking.k8s.io/v1", "NetworkPolicy", PolicyName, mark, Policy(settings))),
        new($"api/v1/namespaces/{ns}/resourcequotas", Object("v1", "ResourceQuota", QuotaName, mark, new JsonObject { ["hard"] = Hard(settings) })),
        new($"api/v1/namespaces/{ns}/limitranges", Object("v1", "LimitRange", LimitsName, mark, Limits())),
    ];

    /// <summary>Whether it stands as meant, whatever a webhook or another made of it.</summary>
    public static bool IsAsMeant(BoundingObject meant, JsonObject seen) => meant.Kind switch
    {
        "NetworkPolicy" => JsonNode.DeepEquals(meant.Value["spec"], seen["spec"]),
        // With a scope it would count a part of the pods alone.
        "ResourceQuota" => AreSame(meant.Value["spec"]!["hard"]!.AsObject(), seen["spec"]?["hard"] as JsonObject) && seen["spec"]?["scopes"] is null && seen["spec"]?["scopeSelector"] is null,
        _ => (seen["spec"]?["limits"] as JsonArray ?? []).OfType<JsonObject>().Any(limit => IsLimit(meant.Value["spec"]!["limits"]![0]!.AsObject(), limit)),
    };

    /// <summary>Where it does not.</summary>
    public static string NotAsMeant(string ns, BoundingObject meant) => $"what bounds namespace {ns} ({meant.Name}) is not as it was made";

    /// <summary>Whether the quota is enforced: until its controller has counted, the API server refuses every pod ("status unknown for quota").</summary>
    public static bool IsCounted(BoundingObject meant, JsonObject seen) => meant.Kind != "ResourceQuota" || AreSame(meant.Value["spec"]!["hard"]!.AsObject(), seen["status"]?["hard"] as JsonObject);

    /// <summary>Whether a policy lets pods connect out to anything. Policies add up: what one of them lets pass is let pass.</summary>
    public static bool OpensEgress(JsonObject policy) =>
        policy["spec"]?["egress"] is JsonArray { Count: > 0 } && (policy["spec"]!["policyTypes"] is not JsonArray types || types.Any(type => type?.ToString() == "Egress"));

    private static bool IsLimit(JsonObject meant, JsonObject seen) =>
        seen["type"]?.ToString() == meant["type"]!.ToString() && ((string[])["default", "defaultRequest"]).All(part => AreSame(meant[part]!.AsObject(), seen[part] as JsonObject));

    private static bool AreSame(JsonObject meant, JsonObject? seen) =>
        seen is not null && meant.All(entry => seen[entry.Key] is { } value && new ResourceQuantity(value.ToString()).Equals(new ResourceQuantity(entry.Value!.ToString())));

    private static JsonObject Object(string api, string kind, string name, EffectMark mark, JsonObject spec) =>
        new() { ["apiVersion"] = api, ["kind"] = kind, ["metadata"] = RunNamespace.Metadata(name, mark), ["spec"] = spec };

    private static JsonObject Policy(NamespaceSettings settings)
    {
        var own = new JsonObject { ["podSelector"] = new JsonObject() };
        var egress = new JsonArray(new JsonObject { ["to"] = new JsonArray(own.DeepClone()) });
        foreach (var exception in settings.Egress)
        {
            var rule = new JsonObject
            {
                ["to"] = new JsonArray(exception.Cidr is { } cidr ? new JsonObject { ["ipBlock"] = new JsonObject { ["cidr"] = cidr.ToString() } } : Space(exception.Namespace!)),
            };
            if (exception.Ports.Count > 0)
            {
                rule["ports"] = new JsonArray([.. exception.Ports.Select(port => Port("TCP", port))]);
            }

            egress.Add(rule);
        }

        if (settings.Dns)
        {
            var dns = Space("kube-system");
            dns["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["k8s-app"] = "kube-dns" } };
            egress.Add(new JsonObject { ["to"] = new JsonArray(dns), ["ports"] = new JsonArray(Port("UDP", 53), Port("TCP", 53)) });
        }

        return new JsonObject
        {
            ["podSelector"] = new JsonObject(),
            ["ingress"] = new JsonArray(new JsonObject { ["from"] = new JsonArray(own) }),
            ["egress"] = egress,
            ["policyTypes"] = new JsonArray("Ingress", "Egress"),
        };
    }

    private static JsonObject Space(string ns) => new() { ["namespaceSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [NameLabel] = ns } } };

    private static JsonObject Port(string protocol, int port) => new() { ["protocol"] = protocol, ["port"] = port };

    /// <summary>Load balancers and node ports would be ways in and out that no policy of pods bounds.</summary>
    private static JsonObject Hard(NamespaceSettings settings) => new()
    {
        ["pods"] = settings.Quota["pods"],
        ["requests.cpu"] = settings.Quota["cpu"],
        ["requests.memory"] = settings.Quota["memory"],
        ["limits.cpu"] = settings.Quota["cpu"],
        ["limits.memory"] = settings.Quota["memory"],
        ["requests.storage"] = settings.Quota["storage"],
        ["services.loadbalancers"] = "0",
        ["services.nodeports"] = "0",
    };

    /// <summary>What a container has that says nothing: under a quota of limits it would be refused.</summary>
    private static JsonObject Limits() => new()
    {
        ["limits"] = new JsonArray(new JsonObject
        {
            ["type"] = "Container",
            ["default"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "512Mi" },
            ["defaultRequest"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" },
        }),
    };
}
