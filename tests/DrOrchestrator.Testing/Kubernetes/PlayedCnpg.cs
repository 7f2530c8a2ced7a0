using System.Text;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>
/// Plays the operator of one Cluster of CloudNativePG in what a switch between two of them sees, as upstream does it (pkg/reconciler/replicaclusterswitch at a95a534d): one that is no
/// longer the primary gets a demotion token once its PostgreSQL has ended, and a promoted one keeps the token that it went by. A replica with a promotion token, which upstream's webhook
/// refuses, ends the play. No PostgreSQL runs.
/// </summary>
/// <param name="wasPrimary">Whether it was written before.</param>
public sealed class PlayedCnpg(bool wasPrimary)
{
    private bool _wasPrimary = wasPrimary;
    private int _demotions;

    /// <summary>A healthy one, without its status' tokens.</summary>
    public static JsonObject Cluster(string name, string primary, string other) => JsonNode.Parse($$$"""
        {"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","metadata":{"name":"{{{name}}}"},
         "spec":{"instances":2,"replica":{"primary":"{{{primary}}}","source":"{{{other}}}"},"externalClusters":[{"name":"{{{other}}}"}]},
         "status":{"phase":"Cluster in healthy state","instances":2,"readyInstances":2}}
        """)!.AsObject();

    /// <summary>One look of the operator: true where it has changed the status.</summary>
    public bool Reconcile(JsonObject cluster)
    {
        var (replica, status) = (cluster["spec"]!["replica"]!, (cluster["status"] ??= new JsonObject()).AsObject());
        var isPrimary = replica["primary"]!.ToString() == (replica["self"] ?? cluster["metadata"]!["name"])!.ToString();
        if (!isPrimary && replica["promotionToken"]?.ToString() is { Length: > 0 })
        {
            throw new InvalidOperationException("promotionToken is only allowed for primary clusters");
        }

        if (isPrimary == _wasPrimary)
        {
            return false;
        }

        _wasPrimary = isPrimary;
        if (isPrimary)
        {
            status.Remove("demotionToken");
            status["lastPromotionToken"] = replica["promotionToken"]?.ToString() ?? "";
        }
        else
        {
            status["demotionToken"] = Token(++_demotions);
        }

        return true;
    }

    public static string Token(int demotion) => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        $$"""{"latestCheckpointTimelineID":"{{demotion}}","redoWalFile":"00000001000000000000000{{demotion}}","databaseSystemIdentifier":"7400000000000000001","latestCheckpointREDOLocation":"0/{{demotion}}000028"}"""));
}
