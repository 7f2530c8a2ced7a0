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
    private const string Delete = "Delete";
    private const string Failed = "Failed";

    /// <summary>For their provisioners, most of which take seconds.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Where an earlier life has asked for its end, and it is gone.</summary>
    public static JsonNode NotSeen => JsonValue.Create(Unknown + "it was gone already when it was looked at");

    /// <inheritdoc cref="BehindAsync(IKubernetes, JsonObject, CancellationToken)" />
    /// <remarks>Of a namespace that was not looked at yet. That it cannot be is no more than not known.</remarks>
    public static async Task<JsonNode> BehindAsync(Func<IKubernetes> client, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client().FindAsync(RunNamespace.PathOf(name), cancellationToken).ConfigureAwait(false) is { } seen ? await BehindAsync(client(), seen, cancellationToken).ConfigureAwait(false) : NotSeen;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            return JsonValue.Create(Unknown + failure.Reason);
        }
    }

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

    /// <summary>Those that are there once it is gone. Volumes of the policy <c>Delete</c> have a few seconds to go, where there is that much time.</summary>
    /// <param name="behind">As <c>BehindAsync</c> answered.</param>
    /// <param name="longest">How long may be waited for them at most.</param>
    /// <returns>Each with its reclaim policy and phase; or why nobody knows, as text.</returns>
    public static async Task<JsonNode> LeftAsync(IKubernetes client, JsonNode? behind, TimeProvider time, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (behind is not JsonArray names)
        {
            return behind?.DeepClone() ?? JsonValue.Create(Unknown + "it was not looked at");
        }

        var (wait, left) = (new StepDeadline(time, longest < LongestWait ? longest : LongestWait), (JsonArray?)null);
        try
        {
            do
            {
                left = await ReadAsync(client, names, cancellationToken).ConfigureAwait(false);
            }
            while (left.Any(IsGoing) && await wait.WaitAsync(Pause, cancellationToken).ConfigureAwait(false));

            return left;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            // A look before this one saw what there was.
            return left ?? (JsonNode)JsonValue.Create(Unknown + failure.Reason);
        }
    }

    private static async Task<JsonArray> ReadAsync(IKubernetes client, JsonArray names, CancellationToken cancellationToken)
    {
        var there = new JsonArray();
        foreach (var name in names.Select(name => name!.ToString()))
        {
            if (await client.FindAsync(new ObjectAddress("v1", "persistentvolumes", null, name).Path, cancellationToken).ConfigureAwait(false) is { } volume)
            {
                there.Add((JsonNode)new JsonObject { ["name"] = name, ["reclaimPolicy"] = volume["spec"]?["persistentVolumeReclaimPolicy"]?.ToString(), ["phase"] = volume["status"]?["phase"]?.ToString() });
            }
        }

        return there;
    }

    /// <summary>Its provisioner is to remove it, and has not given up.</summary>
    private static bool IsGoing(JsonNode? volume) => IsToGo(volume) && volume!["phase"]?.ToString() != Failed;

    private static bool IsToGo(JsonNode? volume) => volume!["reclaimPolicy"]?.ToString() == Delete;

    /// <summary>What people are to know of them once the namespace is gone; null where none is left. Pure.</summary>
    /// <param name="left">As <see cref="LeftAsync"/> answered.</param>
    public static string? Words(JsonNode left) => left switch
    {
        JsonArray volumes => (Names(volumes.Where(volume => !IsToGo(volume))), Names(volumes.Where(IsToGo))) switch
        {
            ("", "") => null,
            (var kept, "") => $"of its volumes these stay with their data, for people to remove: {kept}",
            ("", var going) => $"of its volumes these are still there, their provisioner has not removed them yet: {going}",
            var (kept, going) => $"of its volumes these stay with their data, for people to remove: {kept}; and these are still there, their provisioner has not removed them yet: {going}",
        },
        _ => $"whether volumes of it are still there is not known: {left.ToString()[Unknown.Length..]}",
    };

    private static string Names(IEnumerable<JsonNode?> volumes) => string.Join(", ", volumes.Select(Name));

    private static string Name(JsonNode? volume) => string.Concat(volume!["name"], " (", volume["reclaimPolicy"], ", ", volume["phase"], ")");
}
