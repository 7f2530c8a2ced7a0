using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>The Kubernetes objects of a site's database, in the place of the lab's own store.</summary>
internal static class DatabaseObjects
{
    public const string Name = "ledger-db";

    /// <summary>Its Service has the number of the server's own port as target: the pod's other port only tells how it is.</summary>
    public static IReadOnlyList<JsonObject> Of(LabSettings lab, string site) =>
    [
        LedgerObjects.Service(Name, Name, lab.Postgres!.Of(site).Service, lab.Postgres.Of(site).Server),
        LedgerObjects.Service(Name + "-status", Name, lab.StoreUrl(site).Port, "http"),
        LedgerObjects.StatefulSet(Name, "ledger-postgres", site == LabSettings.Primary ? "primary" : "standby"),
    ];
}
