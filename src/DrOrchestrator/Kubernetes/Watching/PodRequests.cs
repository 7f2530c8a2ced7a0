using System.Globalization;
using System.Text.Json;
using k8s;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>The two requests that following pods takes, at one client. Both bodies are read as they come, so that no page of a list is ever held as a whole.</summary>
internal sealed class PodRequests(IKubernetes client, string ns)
{
    /// <summary>
    /// One page. Without <c>resourceVersion</c>, so that it is never older than what was seen before: any other word would allow a cache that lags behind.
    /// </summary>
    /// <param name="limit">0 for all at once.</param>
    /// <param name="next">Where the last page ended; null for the first.</param>
    public async Task<PodPageWire> ListAsync(int limit, string? next, CancellationToken cancellationToken)
    {
        var query = (limit > 0 ? $"limit={limit.ToString(CultureInfo.InvariantCulture)}" : "") + (next is null ? "" : $"&continue={Uri.EscapeDataString(next)}");
        using var response = await SendAsync(query, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                return await JsonSerializer.DeserializeAsync(body, WireContext.Default.PodPageWire, cancellationToken).ConfigureAwait(false) ?? throw new JsonException();
            }
            catch (JsonException)
            {
                throw new IOException("the answer is no list of pods, or was cut in its middle");
            }
        }
    }

    /// <summary>Opens a watch behind a version.</summary>
    /// <param name="lasts">After which the server ends it.</param>
    public async Task<WatchStream> WatchAsync(string version, TimeSpan lasts, CancellationToken cancellationToken)
    {
        var query = $"watch=true&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(version)}&timeoutSeconds={((int)lasts.TotalSeconds).ToString(CultureInfo.InvariantCulture)}";
        var response = await SendAsync(query, cancellationToken).ConfigureAwait(false);
        try
        {
            return new WatchStream(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private Task<HttpResponseMessage> SendAsync(string query, CancellationToken cancellationToken) => client.RequestAsync(
        HttpMethod.Get, $"{ObjectAddress.PathOfAll("v1", "pods", ns)}?{query}", null, "application/json", asItComes: true, cancellationToken);
}
