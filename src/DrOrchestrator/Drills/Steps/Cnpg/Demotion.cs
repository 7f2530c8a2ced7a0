using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Cnpg;

/// <summary>What a demotion is about, and whether it is proved. Pure.</summary>
/// <param name="Self">The cluster's name in the topology.</param>
/// <param name="To">The one it is to follow.</param>
/// <param name="Source">What it followed before, for the way back.</param>
/// <param name="TokenBefore">A token of an earlier demotion that was still there: it proves nothing of this one.</param>
internal sealed record Demotion(string Site, ObjectAddress Address, string Uid, string Self, string To, string? Source, string? TokenBefore)
{
    public static Demotion From(JsonObject intent) => new(
        intent.Text("site"),
        new ObjectAddress(CnpgCluster.Api, CnpgCluster.Plural, intent.Text("namespace"), intent.Text("name")),
        intent.Text("uid"),
        intent.Text("self"),
        intent.Text("to"),
        intent["source"]?.ToString(),
        intent["tokenBefore"]?.ToString());

    public FenceProof Judge(CnpgCluster cluster)
    {
        if (cluster.Uid != Uid)
        {
            return new FenceProof(false, [], [$"{Address} was replaced by another object of that name (uid {Uid} -> {cluster.Uid})"]);
        }

        if (cluster.Primary != To)
        {
            return new FenceProof(false, [], [$"{Address} is to be written by '{cluster.Primary}', not by '{To}'"]);
        }

        var follows = $"{Address} ({Uid}) is declared a replica of '{To}'";
        return (cluster.DemotionToken == TokenBefore ? null : cluster.DemotionToken) is not { } token ? new FenceProof(false, [follows], [$"its operator has not written its demotion token yet: {cluster.Fares}"])
            : DemotionToken.Read(token) is { } end ? new FenceProof(true, [follows, $"its PostgreSQL {end.System} ended cleanly at {end.Redo} on timeline {end.Timeline}, as its demotion token says"], [])
            : new FenceProof(false, [follows], ["its demotion token cannot be read"]);
    }

    /// <summary>
    /// The token that leads it back: the one it has now, or, where its operator wiped it since (CloudNativePG issue 11074), the one that is on record; null while there is none, and its instances are perhaps being stopped.
    /// </summary>
    /// <param name="outputs">What this demotion was found to have led to; null where it was not.</param>
    public string? TokenOf(CnpgCluster cluster, JsonObject? outputs) =>
        Judge(cluster).Proved ? cluster.DemotionToken
        : cluster.DemotionToken is null && outputs?.OptionalText("token") is { } kept && DemotionToken.Read(kept) is not null ? kept
        : null;

    public JsonObject Outputs(CnpgCluster cluster, FenceProof proof)
    {
        var end = DemotionToken.Read(cluster.DemotionToken);
        return new JsonObject
        {
            ["facts"] = new JsonArray([.. proof.Facts.Select(fact => JsonValue.Create(fact))]),
            ["token"] = cluster.DemotionToken,
            ["system"] = end?.System,
            ["timeline"] = end?.Timeline,
            ["redo"] = end?.Redo,
        };
    }
}
