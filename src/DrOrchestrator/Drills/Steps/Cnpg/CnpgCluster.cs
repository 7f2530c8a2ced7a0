using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Cnpg;

/// <summary>A Cluster of CloudNativePG in a distributed topology, as its API tells it. Pure. The fields are those of <c>postgresql.cnpg.io/v1</c> (operator 1.24 and later).</summary>
internal sealed class CnpgCluster(JsonObject seen)
{
    public const string Api = "postgresql.cnpg.io/v1";
    public const string Plural = "clusters";

    /// <summary>The phase of a cluster that its operator has nothing to do for.</summary>
    public const string Healthy = "Cluster in healthy state";

    private JsonNode? Replica => seen["spec"]?["replica"];

    private JsonNode? Status => seen["status"];

    public string Uid => seen["metadata"]?["uid"]?.ToString() ?? "";

    public string ResourceVersion => seen["metadata"]?["resourceVersion"]?.ToString() ?? "";

    /// <summary>Its name among the clusters of the topology.</summary>
    public string Self => Text(Replica?["self"]) ?? seen["metadata"]?["name"]?.ToString() ?? "";

    /// <summary>The name of the one that is to be written; null where it is in no topology.</summary>
    public string? Primary => Text(Replica?["primary"]);

    public string? Source => Text(Replica?["source"]);

    public bool IsPrimary => Primary == Self;

    /// <summary>What its operator wrote when the PostgreSQL of the primary had ended cleanly to become a replica, and its WAL was archived; empty again once the cluster is a primary.</summary>
    public string? DemotionToken => Text(Status?["demotionToken"]);

    /// <summary>The token that its promotion is to go by.</summary>
    public string? PromotionToken => Text(Replica?["promotionToken"]);

    /// <summary>The token that its last promotion went by.</summary>
    public string? LastPromotionToken => Text(Status?["lastPromotionToken"]);

    public bool IsSwitching => Status?["switchReplicaClusterStatus"]?["inProgress"]?.ToString() == "true";

    /// <summary>How it fares, in its operator's words.</summary>
    public string Fares => string.Join("; ", ((string?[])[Text(Status?["phase"]), Text(Status?["phaseReason"])]).OfType<string>()) is { Length: > 0 } phase ? phase : "its operator says nothing of it";

    /// <summary>All its instances are ready, and its operator has nothing to do.</summary>
    public bool IsHealthy => Text(Status?["phase"]) == Healthy && Number(seen["spec"]?["instances"]) is > 0 and var wanted && Number(Status?["readyInstances"]) == wanted;

    public DateTimeOffset? MadeAt => DateTimeOffset.TryParse(seen["metadata"]?["creationTimestamp"]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    public string? Mark => Text(seen["metadata"]?["annotations"]?[Annotations.Marker]);

    public static ObjectAddress Address(StepContext context) => new(Api, Plural, context.Namespace(), context.Parameters.Text("cluster"));

    /// <summary>What a controlled switch to the other one cannot go by; null for nothing.</summary>
    public string? Against(string other) =>
        Primary is null || Replica?["enabled"] is not null ? "is in no distributed topology: spec.replica needs primary and source, and no enabled"
        : other == Self ? $"is '{other}' itself"
        : Text(Replica?["minApplyDelay"]) is not null ? "applies with a delay (minApplyDelay): no token leads to a promotion then"
        : (seen["spec"]?["externalClusters"] as JsonArray ?? []).Any(known => known?["name"]?.ToString() == other) ? null
        : $"knows no external cluster '{other}', which it would follow";

    private static string? Text(JsonNode? node) => node?.ToString() is { Length: > 0 } text ? text : null;

    private static long? Number(JsonNode? node) => long.TryParse(node?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
