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
    /// <summary>Looked at while the namespace is there.</summary>
    /// <returns>Names; or why nobody knows, as text.</returns>
    public static async Task<JsonNode> BehindAsync(IKubernetes client, string ns, CancellationToken cancellationToken)
    {
        try
        {
            var claims = await client.ListObjectsAsync("v1", "persistentvolumeclaims", ns, cancellationToken).ConfigureAwait(false);
            return new JsonArray([.. claims.Select(claim => claim["spec"]?["volumeName"]?.ToString()).OfType<string>().Where(name => name.Length > 0).Select(name => (JsonNode?)JsonValue.Create(name))]);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return JsonValue.Create($"unknown: {failure.Reason}");
        }
    }

    /// <summary>Those that are there once it is gone.</summary>
    /// <param name="behind">As <see cref="BehindAsync"/> answered.</param>
    /// <returns>Each with its reclaim policy and phase; or why nobody knows, as text.</returns>
    public static async Task<JsonNode> LeftAsync(IKubernetes client, JsonNode? behind, CancellationToken cancellationToken)
    {
        if (behind is not JsonArray names)
        {
            return behind?.DeepClone() ?? JsonValue.Create("unknown: it was not looked at");
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
            return JsonValue.Create($"unknown: {failure.Reason}");
        }
    }
}
