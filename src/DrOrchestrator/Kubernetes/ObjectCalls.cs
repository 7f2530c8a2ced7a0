using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using k8s.Autorest;

namespace DrOrchestrator.Kubernetes;

/// <summary>One object of any kind, by the address its API serves it at.</summary>
/// <param name="Api"><c>v1</c>, <c>apps/v1</c>, <c>postgresql.cnpg.io/v1</c>.</param>
/// <param name="Plural"><c>configmaps</c>, <c>clusters</c>.</param>
/// <param name="Namespace">Null for what belongs to the whole cluster.</param>
internal sealed partial record ObjectAddress(string Api, string Plural, string? Namespace, string Name)
{
    public string Path => $"{PathOfAll(Api, Plural, Namespace)}/{Uri.EscapeDataString(Name)}";

    /// <summary>Of all of the kind in the namespace.</summary>
    public static string PathOfAll(string api, string plural, string? ns) =>
        $"{(api.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{api}/{(ns is null ? "" : $"namespaces/{Uri.EscapeDataString(ns)}/")}{Uri.EscapeDataString(plural)}";

    /// <summary><c>v1</c> or <c>GROUP/VERSION</c>.</summary>
    public static bool IsApiVersion(string text) => ApiVersion().IsMatch(text);

    public override string ToString() => $"{Plural}/{Name}";

    [GeneratedRegex(@"^([a-z0-9][a-z0-9.-]*/)?v[0-9][a-z0-9]*$")]
    private static partial Regex ApiVersion();
}

/// <summary>Calls on objects whose types the client does not know, as JSON. Live reads only.</summary>
internal static partial class ObjectCalls
{
    /// <summary>Warnings of the API server are of this code, whatever they are about.</summary>
    private const int Said = 299;

    private const string Autoscalers = "horizontalpodautoscalers";

    public static Task<JsonObject> ReadObjectAsync(this IKubernetes client, ObjectAddress address, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Get, address.Path, null, cancellationToken);

    /// <summary>What the patch says of uid and resourceVersion in its metadata are its preconditions.</summary>
    /// <param name="force">Of <see cref="PatchType.Apply"/>: fields of other managers are taken over.</param>
    /// <param name="dryRun">The server answers with what would stand, and keeps nothing.</param>
    public static Task<JsonObject> PatchObjectAsync(
        this IKubernetes client, ObjectAddress address, PatchType type, JsonNode patch, string owner, bool force, bool dryRun, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Patch, PatchPath(address, owner, force, dryRun), Patch(type, patch), cancellationToken);

    /// <summary>What a patch would make of an object by the server's own dry run, and what the server says about it besides (<c>Warning: 299</c>): fields that it does not know and leaves out are told nowhere else.</summary>
    public static async Task<(JsonObject Would, IReadOnlyList<string> Warnings)> TryPatchAsync(
        this IKubernetes client, ObjectAddress address, PatchType type, JsonNode patch, string owner, bool force, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        var would = await SendAsync(client, HttpMethod.Patch, PatchPath(address, owner, force, dryRun: true), Patch(type, patch), cancellationToken, warnings: warnings).ConfigureAwait(false);
        return (would, warnings);
    }

    /// <summary>Server-side apply, which makes what is not there. Fields that the kind does not have are refused (strict validation), also where its API would drop them in silence.</summary>
    /// <param name="dryRun">The server answers with what would stand, and keeps nothing.</param>
    public static Task<JsonObject> ApplyObjectAsync(this IKubernetes client, ObjectAddress address, JsonObject value, string owner, bool force, bool dryRun, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Patch, $"{PatchPath(address, owner, force, dryRun)}&fieldValidation=Strict", Patch(PatchType.Apply, value), cancellationToken);

    /// <summary>Name, labels and the like of an object, and nothing of what is in it: of a Secret no value leaves its server.</summary>
    public static Task<JsonObject> ReadMetadataAsync(this IKubernetes client, ObjectAddress address, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Get, address.Path, null, cancellationToken, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");

    /// <summary>All of a kind in a namespace, or of the whole cluster, page by page.</summary>
    /// <param name="ns">Null for the whole cluster.</param>
    public static async Task<IReadOnlyList<JsonObject>> ListObjectsAsync(this IKubernetes client, string api, string plural, string? ns, CancellationToken cancellationToken)
    {
        var path = ObjectAddress.PathOfAll(api, plural, ns);
        return await PagedLists.AllAsync(
            async (limit, next) =>
            {
                var query = (limit is { } most ? FormattableString.Invariant($"?limit={most}") : "") + (next is null ? "" : $"&continue={Uri.EscapeDataString(next)}");
                var page = await SendAsync(client, HttpMethod.Get, path + query, null, cancellationToken).ConfigureAwait(false);
                return ((page["items"] as JsonArray ?? []).OfType<JsonObject>(), page["metadata"]?["continue"]?.ToString());
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>HorizontalPodAutoscalers of a namespace, by <c>autoscaling/v2</c> or, where that is served no more, by what is served in its place; none where nothing is.</summary>
    public static async Task<IReadOnlyList<JsonObject>> AutoscalersAsync(this IKubernetes client, string ns, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ListObjectsAsync("autoscaling/v2", Autoscalers, ns, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            return await client.ServedVersionAsync("autoscaling", cancellationToken).ConfigureAwait(false) is { } api ? await client.ListObjectsAsync(api, Autoscalers, ns, cancellationToken).ConfigureAwait(false) : [];
        }
    }

    /// <summary>A JSON merge patch that is meant at once.</summary>
    public static Task<JsonObject> MergeObjectAsync(this IKubernetes client, ObjectAddress address, JsonObject patch, string owner, CancellationToken cancellationToken) =>
        client.PatchObjectAsync(address, PatchType.Merge, patch, owner, force: false, dryRun: false, cancellationToken);

    /// <param name="path">Of the object, from the server's root: <c>api/v1/namespaces/ledger</c>.</param>
    /// <returns>Null where the API says that there is none (<see cref="ClusterFailure.IsNotFound"/>).</returns>
    public static async Task<JsonObject?> FindAsync(this IKubernetes client, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(client, HttpMethod.Get, path, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotFound: true })
        {
            return null;
        }
    }

    /// <param name="path">Of the collection, from the server's root.</param>
    /// <param name="strict">Fields that the kind does not have are refused, also where its API would drop them in silence.</param>
    /// <param name="dryRun">The server answers with what would stand, and keeps nothing.</param>
    /// <returns>As the server made it.</returns>
    public static Task<JsonObject> CreateAsync(this IKubernetes client, string path, JsonObject value, string owner, CancellationToken cancellationToken, bool strict = false, bool dryRun = false) =>
        SendAsync(client, HttpMethod.Post, $"{path}?fieldManager={owner}{(strict ? "&fieldValidation=Strict" : "")}{(dryRun ? "&dryRun=All" : "")}", Json(value), cancellationToken);

    /// <summary>Asks for the end of the one object with that uid: of another one of the same name nothing is deleted (409).</summary>
    /// <param name="foreground">It stays until what belongs to it is gone, as the pods of a workload; else that is left to go by itself.</param>
    public static Task DeleteAsync(this IKubernetes client, string path, string uid, CancellationToken cancellationToken, bool foreground = false)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["preconditions"] = new JsonObject { ["uid"] = uid }, ["propagationPolicy"] = foreground ? "Foreground" : "Background" };
        return SendAsync(client, HttpMethod.Delete, path, Json(options), cancellationToken);
    }

    private static string PatchPath(ObjectAddress address, string owner, bool force, bool dryRun) =>
        $"{address.Path}?fieldManager={Uri.EscapeDataString(owner)}{(force ? "&force=true" : "")}{(dryRun ? "&dryRun=All" : "")}";

    private static StringContent Patch(PatchType type, JsonNode patch) => new(patch.ToJsonString(), Encoding.UTF8, type.MediaType());

    private static StringContent Json(JsonObject value) => new(value.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task<JsonObject> SendAsync(
        IKubernetes client, HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken, string accept = "application/json", List<string>? warnings = null)
    {
        using var response = await client.RequestAsync(method, path, body, accept, asItComes: false, cancellationToken).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        warnings?.AddRange(response.Headers.Warning.Where(warning => warning.Code == Said).Select(warning => Escaped().Replace(warning.Text[1..^1], "$1")));
        return JsonNode.Parse(text)!.AsObject();
    }

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
