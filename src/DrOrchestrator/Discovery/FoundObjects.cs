using System.Text.Json.Nodes;

namespace DrOrchestrator.Discovery;

/// <summary>What one cluster has, as far as it could be listed.</summary>
internal sealed record FoundObjects(IReadOnlyList<FoundWorkload> Workloads, IReadOnlyList<FoundService> Services, IReadOnlyList<FoundIngress> Ingresses, IReadOnlyList<string> NotSeen)
{
    /// <summary>The namespaces in which a kind of workload could not be listed; null among them for all.</summary>
    public IReadOnlyList<string?> Hidden { get; init; } = [];

    /// <summary>What is not found in the namespace may be there all the same.</summary>
    public bool MayHide(string ns) => Hidden.Any(hidden => hidden is null || hidden == ns);
}

/// <summary>Of a workload its name, how many, and what its containers are called and listen on. Environment, arguments, annotations and volumes are not read: they may hold secrets.</summary>
/// <param name="Kind"><c>deployment</c>, <c>statefulset</c>, or <c>cluster</c> of CloudNativePG.</param>
/// <param name="Owner">The controller that made it: <c>Kind/NAME</c>; null where there is none.</param>
internal sealed record FoundWorkload(string Namespace, string Kind, string Name, int Replicas, IReadOnlyList<string> Images, IReadOnlyList<int> Ports, string? Owner)
{
    public const string Cnpg = "cluster";

    /// <summary>The database that CloudNativePG is told to make; null where it is not said.</summary>
    public string? Database { get; init; }

    /// <summary>A Deployment or StatefulSet.</summary>
    public static FoundWorkload Of(string kind, JsonObject workload)
    {
        var containers = (workload["spec"]?["template"]?["spec"]?["containers"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        return new FoundWorkload(
            Text(workload["metadata"]?["namespace"]),
            kind,
            Text(workload["metadata"]?["name"]),
            Number(workload["spec"]?["replicas"]) ?? 1,
            [.. containers.Select(container => Text(container["image"])).Where(image => image.Length > 0)],
            [.. containers.SelectMany(container => (container["ports"] as JsonArray ?? []).Select(port => Number(port?["containerPort"])).OfType<int>())],
            OwnerOf(workload));
    }

    public static FoundWorkload OfCnpg(JsonObject cluster) => new(
        Text(cluster["metadata"]?["namespace"]),
        Cnpg,
        Text(cluster["metadata"]?["name"]),
        Number(cluster["spec"]?["instances"]) ?? 1,
        Text(cluster["spec"]?["imageName"]) is { Length: > 0 } image ? [image] : [],
        [],
        OwnerOf(cluster))
    {
        Database = Text(cluster["spec"]?["bootstrap"]?["initdb"]?["database"]) is { Length: > 0 } database ? database : null,
    };

    internal static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    internal static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private static string? OwnerOf(JsonObject found) => (found["metadata"]?["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>()
        .Where(owner => owner["controller"] is JsonValue value && value.TryGetValue<bool>(out var controls) && controls)
        .Select(owner => $"{Text(owner["kind"])}/{Text(owner["name"])}")
        .FirstOrDefault();
}

/// <summary>A Service.</summary>
/// <param name="Addresses">By which it is reached from outside of the cluster (its load balancer, <c>externalIPs</c>); empty where there is none.</param>
/// <param name="Ports">Of TCP.</param>
internal sealed record FoundService(string Namespace, string Name, string Type, IReadOnlyList<string> Addresses, IReadOnlyList<int> Ports)
{
    public static FoundService Of(JsonObject service)
    {
        var balancer = (service["status"]?["loadBalancer"]?["ingress"] as JsonArray ?? []).Select(at => FoundWorkload.Text(at?["ip"]) is { Length: > 0 } ip ? ip : FoundWorkload.Text(at?["hostname"]));
        var external = (service["spec"]?["externalIPs"] as JsonArray ?? []).Select(FoundWorkload.Text);
        return new FoundService(
            FoundWorkload.Text(service["metadata"]?["namespace"]),
            FoundWorkload.Text(service["metadata"]?["name"]),
            FoundWorkload.Text(service["spec"]?["type"]) is { Length: > 0 } type ? type : "ClusterIP",
            [.. balancer.Concat(external).Where(address => address.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. (service["spec"]?["ports"] as JsonArray ?? []).Where(port => FoundWorkload.Text(port?["protocol"]) is "" or "TCP").Select(port => FoundWorkload.Number(port?["port"])).OfType<int>().Distinct().Order()]);
    }
}

/// <summary>An Ingress: the addresses it names.</summary>
/// <param name="Urls">Host, path, and whether TLS is declared for the host; the host may be empty (any) or a wildcard.</param>
internal sealed record FoundIngress(string Namespace, string Name, IReadOnlyList<(string Host, string Path, bool Tls)> Urls)
{
    public static FoundIngress Of(JsonObject ingress)
    {
        var secured = (ingress["spec"]?["tls"] as JsonArray ?? []).SelectMany(tls => tls?["hosts"] as JsonArray ?? []).Select(FoundWorkload.Text).ToHashSet(StringComparer.Ordinal);
        var urls = (ingress["spec"]?["rules"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(rule => (rule["http"]?["paths"] as JsonArray ?? []).Select(path => (Host: FoundWorkload.Text(rule["host"]), Path: FoundWorkload.Text(path?["path"]))));
        return new FoundIngress(
            FoundWorkload.Text(ingress["metadata"]?["namespace"]),
            FoundWorkload.Text(ingress["metadata"]?["name"]),
            [.. urls.Select(url => (url.Host, url.Path, secured.Contains(url.Host))).Distinct().OrderBy(url => url.Host, StringComparer.Ordinal).ThenBy(url => url.Path, StringComparer.Ordinal)]);
    }
}
