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
    public static Task<JsonObject> ReadObjectAsync(this IKubernetes client, ObjectAddress address, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Get, address.Path, null, cancellationToken);

    /// <summary>RFC 7386. What the patch says in its metadata of uid and resourceVersion are its preconditions.</summary>
    public static Task<JsonObject> MergeObjectAsync(this IKubernetes client, ObjectAddress address, JsonObject patch, string owner, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Patch, $"{address.Path}?fieldManager={owner}", patch, cancellationToken);

    /// <param name="path">Of the object, from the server's root: <c>api/v1/namespaces/ledger</c>.</param>
    /// <returns>Null where there is none.</returns>
    public static async Task<JsonObject?> FindAsync(this IKubernetes client, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(client, HttpMethod.Get, path, null, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <param name="path">Of the collection, from the server's root.</param>
    /// <returns>As the server made it.</returns>
    public static Task<JsonObject> CreateAsync(this IKubernetes client, string path, JsonObject value, string owner, CancellationToken cancellationToken) =>
        SendAsync(client, HttpMethod.Post, $"{path}?fieldManager={owner}", value, cancellationToken, "application/json");

    /// <summary>Asks for the end of the one object with that uid: of another one of the same name nothing is deleted (409).</summary>
    public static Task DeleteAsync(this IKubernetes client, string path, string uid, CancellationToken cancellationToken)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["preconditions"] = new JsonObject { ["uid"] = uid }, ["propagationPolicy"] = "Background" };
        return SendAsync(client, HttpMethod.Delete, path, options, cancellationToken, "application/json");
    }

    private static async Task<JsonObject> SendAsync(IKubernetes client, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken, string mediaType = "application/merge-patch+json")
    {
        var connection = (k8s.Kubernetes)client;
        var server = connection.BaseUri;
        using var request = new HttpRequestMessage(method, new Uri(server, $"{server.AbsolutePath.TrimEnd('/')}/{path}"));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, mediaType);
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
