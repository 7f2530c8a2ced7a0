using System.Net;
using k8s;
using k8s.Autorest;

namespace DrOrchestrator.Kubernetes;

/// <summary>Requests that the client has no method for, under its credentials and through all its handlers.</summary>
internal static class RawRequests
{
    private const int LongestRefusal = 64 * 1024;

    /// <param name="path">From the server's root, with its query: <c>api/v1/namespaces/ledger/pods?limit=500</c>.</param>
    /// <param name="asItComes">The caller reads the body itself, under a bound of its own. Many such may share one connection, whose silence its pings notice.</param>
    /// <returns>A success, which the caller disposes of.</returns>
    /// <exception cref="HttpOperationException">The server refuses: with its words, the first 64 KiB of them.</exception>
    public static async Task<HttpResponseMessage> RequestAsync(
        this IKubernetes client, HttpMethod method, string path, HttpContent? body, string accept, bool asItComes, CancellationToken cancellationToken)
    {
        var connection = (k8s.Kubernetes)client;
        var server = connection.BaseUri;
        using var request = new HttpRequestMessage(method, new Uri(server, $"{server.AbsolutePath.TrimEnd('/')}/{path}")) { Content = body };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (asItComes)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower);
            request.Options.Set(RequestPolicy.ReadAsItComes, true);
        }

        if (connection.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var response = await connection.HttpClient
            .SendAsync(request, asItComes ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new HttpOperationException { Request = new HttpRequestMessageWrapper(request, ""), Response = new HttpResponseMessageWrapper(response, await RefusalAsync(response, cancellationToken).ConfigureAwait(false)) };
        }
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(LongestRefusal, cancellationToken).ConfigureAwait(false);
            return await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return response.ReasonPhrase ?? "";
        }
    }
}
