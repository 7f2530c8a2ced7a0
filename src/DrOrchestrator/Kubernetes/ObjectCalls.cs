using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;

namespace DrOrchestrator.Kubernetes;

/// <summary>One object of any kind in a namespace, by the address its API serves it at.</summary>
/// <param name="Api"><c>v1</c>, <c>apps/v1</c>, <c>postgresql.cnpg.io/v1</c>.</param>
/// <param name="Plural"><c>configmaps</c>, <c>clusters</c>.</param>
internal sealed record ObjectAddress(string Api, string Plural, string Namespace, string Name)
{
    public string Path =>
        $"{(Api.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{Api}/namespaces/{Uri.EscapeDataString(Namespace)}/{Uri.EscapeDataString(Plural)}/{Uri.EscapeDataString(Name)}";

    public override string ToString() => $"{Plural}/{Name}";
}

/// <summary>Calls on objects whose types the client does not know, as JSON. Live reads only.</summary>
internal static class ObjectCalls
{
    private const int PageSize = 500;

    public static Task<JsonObject> ReadObjectAsync(this IKubernetes client, ObjectAddress address, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Get, address.Path, null, cancellationToken);

    /// <summary>Name, labels and the like of an object, and nothing of what is in it: of a Secret no value leaves its server.</summary>
    public static Task<JsonObject> ReadMetadataAsync(this IKubernetes client, ObjectAddress address, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Get, address.Path, null, cancellationToken, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");

    /// <summary>All of a kind in a namespace, or of the whole cluster, page by page.</summary>
    /// <param name="ns">Null for the whole cluster.</param>
    public static async Task<IReadOnlyList<JsonObject>> ListObjectsAsync(this IKubernetes client, string api, string plural, string? ns, CancellationToken cancellationToken)
    {
        var path = $"{(api.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{api}/{(ns is null ? "" : $"namespaces/{Uri.EscapeDataString(ns)}/")}{plural}?limit={PageSize}";
        var all = new List<JsonObject>();
        string? next = null;
        do
        {
            var page = await SendAsync(client, HttpMethod.Get, next is null ? path : $"{path}&continue={Uri.EscapeDataString(next)}", null, cancellationToken).ConfigureAwait(false);
            all.AddRange((page["items"] as JsonArray ?? []).OfType<JsonObject>());
            next = page["metadata"]?["continue"]?.ToString();
        }
        while (!string.IsNullOrEmpty(next));
        return all;
    }

    /// <summary>The version of a group that the server prefers, as an apiVersion: <c>keda.sh/v1alpha1</c>; null where it serves none.</summary>
    public static async Task<string?> ServedVersionAsync(this IKubernetes client, string group, CancellationToken cancellationToken)
    {
        try
        {
            return (await SendAsync(client, HttpMethod.Get, $"apis/{group}", null, cancellationToken).ConfigureAwait(false))["preferredVersion"]?["groupVersion"]?.ToString();
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>RFC 7386. What the patch says in its metadata of uid and resourceVersion are its preconditions.</summary>
    public static Task<JsonObject> MergeObjectAsync(this IKubernetes client, ObjectAddress address, JsonObject patch, string owner, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Patch, $"{address.Path}?fieldManager={owner}", patch, cancellationToken);

    private static async Task<JsonObject> SendAsync(IKubernetes client, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken, string accept = "application/json")
    {
        var connection = (k8s.Kubernetes)client;
        var server = connection.BaseUri;
        using var request = new HttpRequestMessage(method, new Uri(server, $"{server.AbsolutePath.TrimEnd('/')}/{path}"));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/merge-patch+json");
        }

        if (connection.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        }

        using var response = await connection.HttpClient.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpOperationException { Response = new HttpResponseMessageWrapper(response, text) };
        }

        return JsonNode.Parse(text)!.AsObject();
    }
}
