using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>
/// The PersistentVolumes behind a namespace's claims. They belong to the whole cluster: with the reclaim policy <c>Retain</c> they stay with their data when the namespace goes, and with
/// <c>Delete</c> until their provisioner has come to them.
/// </summary>
internal static class NamespaceVolumes
{
    private const string Unknown = "unknown: ";

    /// <summary>Where an earlier life has asked for its end, and it is gone.</summary>
    public static JsonNode NotSeen => JsonValue.Create(Unknown + "it was gone already when it was looked at");

    /// <summary>Looked at while the namespace is there and whole.</summary>
    /// <param name="space">The namespace as it was seen: of one that is ending, claims may be gone already.</param>
    /// <returns>Names; or why nobody knows, as text.</returns>
    public static async Task<JsonNode> BehindAsync(IKubernetes client, JsonObject space, CancellationToken cancellationToken)
    {
        if (RunNamespace.IsEnding(space))
        {
            return JsonValue.Create(Unknown + "the namespace was ending already when it was looked at");
        }

        try
        {
            var ns = space["metadata"]!["name"]!.ToString();
            var claims = await client.ListObjectsAsync("v1", "persistentvolumeclaims", ns, cancellationToken).ConfigureAwait(false);
            return new JsonArray([.. claims.Select(claim => claim["spec"]?["volumeName"]?.ToString()).OfType<string>().Where(name => name.Length > 0).Select(name => (JsonNode?)JsonValue.Create(name))]);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return JsonValue.Create(Unknown + failure.Reason);
        }
    }

    /// <summary>Those that are there once it is gone.</summary>
    /// <param name="behind">As <see cref="BehindAsync"/> answered.</param>
    /// <returns>Each with its reclaim policy and phase; or why nobody knows, as text.</returns>
    public static async Task<JsonNode> LeftAsync(IKubernetes client, JsonNode? behind, CancellationToken cancellationToken)
    {
        if (behind is not JsonArray names)
        {
            return behind?.DeepClone() ?? JsonValue.Create(Unknown + "it was not looked at");
        }

        var left = new JsonArray();
        try
        {
            foreach (var name in names.Select(name => name!.ToString()))
            {
                if (await client.FindAsync(new ObjectAddress("v1", "persistentvolumes", null, name).Path, cancellationToken).ConfigureAwait(false) is { } volume)
                {
                    left.Add((JsonNode)new JsonObject { ["name"] = name, ["reclaimPolicy"] = volume["spec"]?["persistentVolumeReclaimPolicy"]?.ToString(), ["phase"] = volume["status"]?["phase"]?.ToString() });
                }
            }

            return left;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return JsonValue.Create(Unknown + failure.Reason);
        }
    }

    /// <summary>What people are to know of them once the namespace is gone; null where none is left. Pure.</summary>
    /// <param name="left">As <see cref="LeftAsync"/> answered.</param>
    public static string? Words(JsonNode left) => left switch
    {
        JsonArray { Count: 0 } => null,
        JsonArray volumes => $"of its volumes these are still there, with their data, for people to remove: {string.Join(", ", volumes.Select(Name))}",
        _ => $"whether volumes of it are still there is not known: {left.ToString()[Unknown.Length..]}",
    };

    private static string Name(JsonNode? volume) => string.Concat(volume!["name"], " (", volume["reclaimPolicy"], ", ", volume["phase"], ")");
}
